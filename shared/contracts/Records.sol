// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Domain} from "./Domain.sol";
import {IAccreditation} from "./interfaces/IAccreditation.sol";
import {IRecords} from "./interfaces/IRecords.sol";
import {Signature, Signatures} from "./Signatures.sol";

/// @title Records
/// @dev The interface is the manual.
contract Records is IRecords, Domain {
    /// @dev One slot, written once: from the lowest bits block number and time, 64 each.
    struct Place {
        uint256 word;
    }

    bytes32 private constant ANCHOR_TYPEHASH =
        keccak256("Anchor(bytes32 commitment,address subject,bytes32 previous,uint256 deadline)");
    bytes32 private constant ACCEPTANCE_TYPEHASH =
        keccak256("Acceptance(bytes32 anchor,bytes32 author,uint256 deadline)");

    /// @notice The registry that says who is accredited.
    IAccreditation public immutable ACCREDITATION;

    /// @param accreditation The registry that says who is accredited.
    constructor(IAccreditation accreditation) Domain("Carekey Records") {
        ACCREDITATION = accreditation;
    }

    /// @inheritdoc IRecords
    function anchor(
        Anchor calldata a,
        bytes32 author,
        Signature calldata authorSignature,
        uint256 acceptanceDeadline,
        Signature calldata acceptanceSignature
    ) external {
        if (block.timestamp > a.deadline) revert DeadlinePassed(a.deadline);
        if (block.timestamp > acceptanceDeadline) revert DeadlinePassed(acceptanceDeadline);
        bytes32 commitment = a.commitment;
        if (commitment == 0) revert InvalidCommitment();
        address subject = a.subject;
        Place storage place = _placeOf(commitment, subject, author);
        if (place.word != 0) revert AlreadyAnchored(commitment);
        bytes32 previous = a.previous;
        if (previous != 0) {
            if (_placeOf(previous, subject, author).word == 0) revert UnknownPrevious(previous);
        }

        bytes32 domain = _domain();
        bytes32 digest = _digest(domain, _structHash(a));
        Signatures.check(digest, authorSignature, Signatures.signerOf(ACCREDITATION, author));
        digest = _digest(
            domain,
            Signatures.hash(ACCEPTANCE_TYPEHASH, digest, author, bytes32(acceptanceDeadline))
        );
        Signatures.check(digest, acceptanceSignature, subject);

        place.word = block.number | (block.timestamp << 64);

        _announce(commitment, subject, author, previous);
    }

    /// @inheritdoc IRecords
    function anchorOf(
        bytes32 commitment,
        address subject,
        bytes32 author
    ) external view returns (uint64 blockNumber, uint64 timestamp) {
        uint256 word = _placeOf(commitment, subject, author).word;
        return (uint64(word), uint64(word >> 64));
    }

    /// @inheritdoc IRecords
    function anchorDigest(Anchor calldata a) external view returns (bytes32 digest) {
        return _digest(_domain(), _structHash(a));
    }

    /// @dev A first version's event has no word for a former one: 266 gas less for most records.
    function _announce(bytes32 commitment, address subject, bytes32 author, bytes32 previous) private {
        if (previous == 0) emit Anchored(commitment, subject, author);
        else emit Superseded(commitment, subject, author, previous);
    }

    /// @dev By commitment, subject and author at once: what one author's patient accepted is nobody else's. The slot is
    /// their hash itself, which a mapping would only hash once more: nothing else of this contract lies at hashes.
    function _placeOf(
        bytes32 commitment,
        address subject,
        bytes32 author
    ) private pure returns (Place storage place) {
        bytes32 slot = Signatures.hash(commitment, bytes32(uint256(uint160(subject))), author);
        assembly ("memory-safe") {
            place.slot := slot
        }
    }

    /// @dev The four words as they came: what abi.encode would build, at a third of the cost. A subject with bits beyond an
    /// address hashes to a digest that nobody can use: whoever reads it as an address reverts.
    function _structHash(Anchor calldata a) private pure returns (bytes32 structHash) {
        bytes32 typeHash = ANCHOR_TYPEHASH;
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, typeHash)
            calldatacopy(add(words, 0x20), a, 0x80)
            structHash := keccak256(words, 0xa0)
        }
    }
}
