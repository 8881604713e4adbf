// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {Domain} from "./Domain.sol";
import {IDisputes} from "./interfaces/IDisputes.sol";
import {Signature, Signatures} from "./Signatures.sol";

/// @title Disputes
/// @dev The interface is the manual.
contract Disputes is IDisputes, Domain {
    /// @dev One slot.
    struct Slot {
        Status status;
        Reason reason;
        uint40 disputedAt;
        uint40 resolvedAt;
        uint40 tombstonedAt;
    }

    bytes32 private constant DISPUTE_TYPEHASH =
        keccak256("Dispute(bytes32 commitment,uint8 reason,bytes32 reasonHash,uint256 deadline)");
    bytes32 private constant TOMBSTONE_TYPEHASH = keccak256("Tombstone(bytes32 commitment,uint256 deadline)");

    /// @notice Who may answer disputes; a role of the accreditation registry, that its admin gives.
    bytes32 public constant ADJUDICATOR_ROLE = keccak256("ADJUDICATOR_ROLE");

    /// @notice The registry that knows the adjudicators.
    IAccessControl public immutable ACCREDITATION;

    mapping(address subject => mapping(bytes32 commitment => Slot)) private _slots;

    /// @param accreditation The registry that knows the adjudicators.
    constructor(IAccessControl accreditation) Domain("Carekey Disputes") {
        ACCREDITATION = accreditation;
    }

    /// @inheritdoc IDisputes
    function dispute(
        address subject,
        bytes32 commitment,
        Reason reason,
        bytes32 reasonHash,
        uint256 deadline,
        Signature calldata signature
    ) external {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        if (commitment == 0 || reason == Reason.None) revert InvalidDispute();
        Slot storage slot = _slots[subject][commitment];
        if (slot.status != Status.None) revert AlreadyDisputed(commitment);
        bytes32 structHash = keccak256(abi.encode(DISPUTE_TYPEHASH, commitment, reason, reasonHash, deadline));
        Signatures.check(_digest(_domain(), structHash), signature, subject);

        (slot.status, slot.reason, slot.disputedAt) = (Status.Open, reason, uint40(block.timestamp));
        emit Disputed(commitment, subject, reason, reasonHash);
    }

    /// @inheritdoc IDisputes
    function resolve(address subject, bytes32 commitment, bool upheld, bytes32 findingsHash) external {
        if (!ACCREDITATION.hasRole(ADJUDICATOR_ROLE, msg.sender)) {
            revert IAccessControl.AccessControlUnauthorizedAccount(msg.sender, ADJUDICATOR_ROLE);
        }
        Slot storage slot = _slots[subject][commitment];
        if (slot.status != Status.Open) revert DisputeNotOpen(commitment);

        (slot.status, slot.resolvedAt) = (upheld ? Status.Upheld : Status.Dismissed, uint40(block.timestamp));
        emit Resolved(commitment, subject, upheld, findingsHash);
    }

    /// @inheritdoc IDisputes
    function tombstone(
        address subject,
        bytes32 commitment,
        uint256 deadline,
        Signature calldata signature
    ) external {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        Slot storage slot = _slots[subject][commitment];
        if (slot.tombstonedAt != 0) revert AlreadyTombstoned(commitment);
        bytes32 structHash = Signatures.hash(TOMBSTONE_TYPEHASH, commitment, bytes32(deadline));
        Signatures.check(_digest(_domain(), structHash), signature, subject);

        slot.tombstonedAt = uint40(block.timestamp);
        emit Tombstoned(commitment, subject);
    }

    /// @inheritdoc IDisputes
    function disputeOf(address subject, bytes32 commitment) external view returns (Case memory) {
        Slot memory slot = _slots[subject][commitment];
        return Case(slot.status, slot.reason, slot.disputedAt, slot.resolvedAt, slot.tombstonedAt);
    }

    /// @inheritdoc IDisputes
    function tombstoneOf(address subject, bytes32 commitment) external view returns (uint64 timestamp) {
        return _slots[subject][commitment].tombstonedAt;
    }
}
