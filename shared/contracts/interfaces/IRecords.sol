// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../Signatures.sol";

/// @title Anchors: a time and a place for records, signed by author and patient, submitted by anyone
/// @notice An anchor is a salted commitment to a statement about a record. No content or address of a record is here.
/// @dev EIP-712 signatures in the domain ("Carekey Records", "1", chain, this contract), from plain keys. Commitment,
/// subject and author are the nonce: together they are anchored once, and nobody can take a commitment from them by
/// anchoring it first. An anchor cannot be changed or removed by anyone.
///
/// WARNINGS
/// - Whether the author was accredited is settled at the anchor's block; later suspension does not undo it.
/// - Two anchors may name the same previous one: a fork is visible, not forbidden.
/// - A commitment alone says nothing: it is public once it is anchored, and another author may anchor it for another
/// subject, or for itself. Ask for the author and the subject that the statement names.
/// - Each anchor emits one of two events: who reads the one reads the other.
interface IRecords {
    /// @notice The author's claim.
    /// @param commitment keccak256 over the whole statement, salt included.
    /// @param subject The patient's pseudonym towards the author.
    /// @param previous Commitment of the former version of the same record, of the same subject and author, or zero.
    /// @param deadline Last second at which it can be submitted.
    struct Anchor {
        bytes32 commitment;
        address subject;
        bytes32 previous;
        uint256 deadline;
    }

    /// @notice A first version was anchored.
    event Anchored(bytes32 commitment, address indexed subject, bytes32 author);
    /// @notice A later version was anchored. The former stays.
    event Superseded(bytes32 commitment, address indexed subject, bytes32 author, bytes32 previous);

    /// @notice A signature came too late.
    error DeadlinePassed(uint256 deadline);
    /// @notice The commitment is zero.
    error InvalidCommitment();
    /// @notice This commitment is anchored already, for this subject by this author.
    error AlreadyAnchored(bytes32 commitment);
    /// @notice The former version is not anchored for this subject by this author.
    error UnknownPrevious(bytes32 previous);

    /// @notice Anchors a record that the patient accepted.
    /// @dev Reverts with `DeadlinePassed` (either deadline), `InvalidCommitment`, `AlreadyAnchored`, `UnknownPrevious`,
    /// `NotAccredited` if the author is not accredited now, or `InvalidSignature`.
    /// @param a The author's claim.
    /// @param author The organization that wrote the record.
    /// @param authorSignature By the author's registered signer, over the claim.
    /// @param acceptanceDeadline Last second at which the patient's acceptance can be submitted.
    /// @param acceptanceSignature The subject's, over `Acceptance(bytes32 anchor,bytes32 author,uint256 deadline)`, where
    /// `anchor` is the claim's digest.
    function anchor(
        Anchor calldata a,
        bytes32 author,
        Signature calldata authorSignature,
        uint256 acceptanceDeadline,
        Signature calldata acceptanceSignature
    ) external;

    /// @notice Where and when this subject accepted this author's commitment; zeros if it did not, whoever else did.
    /// @param commitment The commitment.
    /// @param subject The patient's pseudonym towards the author.
    /// @param author The organization that wrote the record.
    /// @return blockNumber The block of the anchor.
    /// @return timestamp The block's time in Unix seconds.
    function anchorOf(
        bytes32 commitment,
        address subject,
        bytes32 author
    ) external view returns (uint64 blockNumber, uint64 timestamp);

    /// @notice The digest that the author signs and the patient accepts.
    /// @param a The author's claim.
    /// @return digest Its EIP-712 digest.
    function anchorDigest(Anchor calldata a) external view returns (bytes32 digest);
}
