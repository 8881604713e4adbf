// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Domain} from "./Domain.sol";
import {IDelegations} from "./interfaces/IDelegations.sol";
import {Signature, Signatures} from "./Signatures.sol";

/// @title Delegations
/// @dev The interface is the manual.
contract Delegations is IDelegations, Domain {
    /// @dev One slot. A delegation that was revoked before anyone submitted it has nothing but `revoked`.
    struct Slot {
        Role role;
        address delegate;
        uint40 notBefore;
        uint40 notAfter;
        bool revoked;
    }

    bytes32 private constant DELEGATION_TYPEHASH =
        keccak256(
            "Delegation(address patient,address delegate,uint8 role,uint64 notBefore,uint64 notAfter,"
            "uint256 deadline)"
        );
    bytes32 private constant REVOCATION_TYPEHASH =
        keccak256("DelegationRevocation(bytes32 delegation,uint256 deadline)");

    /// @notice Longest delegation.
    uint256 public constant MAX_SECONDS = 5 * 365 days;

    /// @dev By patient first: a stranger's revocation of the same id lands in the stranger's own space.
    mapping(address patient => mapping(bytes32 id => Slot)) private _slots;

    constructor() Domain("Carekey Delegations") {}

    /// @inheritdoc IDelegations
    function delegate(Delegation calldata d, Signature calldata signature) external {
        if (block.timestamp > d.deadline) revert DeadlinePassed(d.deadline);
        if (d.role == Role.None || d.delegate == address(0) || d.delegate == d.patient) revert InvalidDelegation();
        if (!_isSound(d.notBefore, d.notAfter)) revert InvalidDelegationPeriod(d.notBefore, d.notAfter);
        bytes32 id = delegationId(d);
        Slot storage slot = _slots[d.patient][id];
        if (slot.revoked) revert DelegationIsRevoked(id);
        if (slot.delegate != address(0)) revert AlreadyDelegated(id);
        Signatures.check(id, signature, d.patient);

        _slots[d.patient][id] = Slot(d.role, d.delegate, uint40(d.notBefore), uint40(d.notAfter), false);
        emit Delegated(id, d.patient, d.delegate, d.role, d.notBefore, d.notAfter);
    }

    /// @inheritdoc IDelegations
    function revokeDelegation(
        address patient,
        bytes32 id,
        uint256 deadline,
        Signature calldata signature
    ) external {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        Slot storage slot = _slots[patient][id];
        if (slot.revoked) revert DelegationIsRevoked(id);
        bytes32 structHash = Signatures.hash(REVOCATION_TYPEHASH, id, bytes32(deadline));
        Signatures.check(_digest(_domain(), structHash), signature, patient);

        slot.revoked = true;
        emit DelegationRevoked(id, patient);
    }

    /// @inheritdoc IDelegations
    function requireGranter(address patient, bytes32 id) external view returns (address who, uint64 notAfter) {
        Slot memory slot = _live(patient, id);
        if (slot.role != Role.Decide) revert RoleTooWeak(id, slot.role);
        return (slot.delegate, slot.notAfter);
    }

    /// @inheritdoc IDelegations
    function requireRevoker(address patient, bytes32 id) external view returns (address who) {
        Slot memory slot = _live(patient, id);
        if (slot.role == Role.Watch) revert RoleTooWeak(id, slot.role);
        return slot.delegate;
    }

    /// @inheritdoc IDelegations
    function delegationOf(address patient, bytes32 id) external view returns (Kept memory) {
        Slot memory slot = _slots[patient][id];
        return Kept(slot.delegate, slot.role, slot.notBefore, slot.notAfter, slot.revoked);
    }

    /// @inheritdoc IDelegations
    function delegationId(Delegation calldata d) public view returns (bytes32 id) {
        return _digest(_domain(), keccak256(abi.encode(DELEGATION_TYPEHASH, d)));
    }

    /// @dev One that nobody submitted ends at zero, so that it does not run.
    function _live(address patient, bytes32 id) private view returns (Slot memory slot) {
        slot = _slots[patient][id];
        if (slot.revoked) revert DelegationIsRevoked(id);
        if (block.timestamp < slot.notBefore || block.timestamp >= slot.notAfter) revert DelegationNotLive(id);
    }

    function _isSound(uint64 notBefore, uint64 notAfter) private view returns (bool) {
        if (notBefore >= notAfter || notAfter <= block.timestamp) return false;
        return notAfter - notBefore <= MAX_SECONDS && notAfter <= type(uint40).max;
    }
}
