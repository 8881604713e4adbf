// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../Signatures.sol";

/// @title Disputes and tombstones: what a patient says against a record, and what became of it
/// @notice An anchor cannot be changed or removed. Beside it a patient can state that the record is wrong, an adjudicator
/// whether the patient is right, and the patient that the content was destroyed.
/// @dev EIP-712 signatures in the domain ("Carekey Disputes", "1", chain, this contract), from plain keys; anyone may
/// submit. Everything is kept under the pseudonym that signed: a stranger's act about the same commitment lands in the
/// stranger's own space. So no other contract is asked, and a batched anchor or a bill that was never accepted can be
/// disputed as well. Whoever reads compares the pseudonym with the anchor's or the deposit's subject.
///
/// WARNINGS
/// - Adjudicators hold `ADJUDICATOR_ROLE` of the accreditation registry. They can answer a dispute, once, and nothing else.
/// - A tombstone says what the patient states. It destroys nothing by itself.
/// - A reason is public for ever; none of them tells what kind of record it is about.
interface IDisputes {
    /// @notice Why a patient disputes.
    enum Reason {
        None,
        NotMine,
        NeverHappened,
        NotCorrect,
        Repeated,
        Other
    }

    /// @notice Where a dispute stands.
    enum Status {
        None,
        Open,
        Upheld,
        Dismissed
    }

    /// @notice All that is kept about one commitment of one pseudonym. Times are Unix seconds; zero: it has not happened.
    struct Case {
        Status status;
        Reason reason;
        uint64 disputedAt;
        uint64 resolvedAt;
        uint64 tombstonedAt;
    }

    /// @notice A patient disputes a record.
    event Disputed(bytes32 indexed commitment, address indexed subject, Reason reason, bytes32 reasonHash);
    /// @notice An adjudicator answered.
    event Resolved(bytes32 indexed commitment, address indexed subject, bool upheld, bytes32 findingsHash);
    /// @notice A patient states that the record's content was destroyed.
    event Tombstoned(bytes32 indexed commitment, address indexed subject);

    /// @notice The signature came too late.
    error DeadlinePassed(uint256 deadline);
    /// @notice The commitment is zero or the reason is `None`.
    error InvalidDispute();
    /// @notice The patient disputed this record already.
    error AlreadyDisputed(bytes32 commitment);
    /// @notice The patient did not dispute this record, or it is answered.
    error DisputeNotOpen(bytes32 commitment);
    /// @notice The record has its tombstone already.
    error AlreadyTombstoned(bytes32 commitment);

    /// @notice States that a record is wrong, once for ever.
    /// @dev Reverts with `DeadlinePassed`, `InvalidDispute`, `AlreadyDisputed` or `InvalidSignature`.
    /// @param subject The pseudonym that signs.
    /// @param commitment The record's.
    /// @param reason Why, coded.
    /// @param reasonHash Salted hash of the patient's own words, or zero.
    /// @param deadline Last second at which it can be submitted.
    /// @param signature The subject's, over
    /// `Dispute(bytes32 commitment,uint8 reason,bytes32 reasonHash,uint256 deadline)`.
    function dispute(
        address subject,
        bytes32 commitment,
        Reason reason,
        bytes32 reasonHash,
        uint256 deadline,
        Signature calldata signature
    ) external;

    /// @notice Answers an open dispute, once. Only an adjudicator may.
    /// @dev Reverts with `DisputeNotOpen`, or `AccessControlUnauthorizedAccount`.
    /// @param subject The pseudonym that disputes.
    /// @param commitment The record's.
    /// @param upheld Whether the patient is right.
    /// @param findingsHash Salted hash of the findings.
    function resolve(address subject, bytes32 commitment, bool upheld, bytes32 findingsHash) external;

    /// @notice States that the record's content was destroyed, once for ever. The anchor stays.
    /// @dev Reverts with `DeadlinePassed`, `AlreadyTombstoned` or `InvalidSignature`.
    /// @param subject The pseudonym that signs.
    /// @param commitment The record's.
    /// @param deadline Last second at which it can be submitted.
    /// @param signature The subject's, over `Tombstone(bytes32 commitment,uint256 deadline)`.
    function tombstone(
        address subject,
        bytes32 commitment,
        uint256 deadline,
        Signature calldata signature
    ) external;

    /// @notice What a pseudonym said about a commitment, and what was answered.
    /// @param subject The pseudonym.
    /// @param commitment The record's.
    /// @return All that is kept.
    function disputeOf(address subject, bytes32 commitment) external view returns (Case memory);

    /// @notice When a pseudonym stated that a record's content was destroyed.
    /// @param subject The pseudonym.
    /// @param commitment The record's.
    /// @return timestamp Unix seconds; zero if it did not.
    function tombstoneOf(address subject, bytes32 commitment) external view returns (uint64 timestamp);
}
