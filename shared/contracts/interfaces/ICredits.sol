// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../Signatures.sol";

/// @title Credits: what an organization earned by records that others confirmed
/// @notice An organization earns for each of its deposits that its patient accepted and a quorum of its supporters
/// confirmed, and once more if a quorum states that it arrived soon after care and passes the quality check. Credits
/// cannot be moved, run out within a year, and are taken back when a dispute is upheld.
/// @dev Anyone claims; the contract reads attestations, records, disputes and the registry itself. Appraisals are EIP-712
/// signatures in the domain ("Carekey Credits", "1", chain, this contract). No role exists here, and nobody can give,
/// move or take a credit.
///
/// WARNINGS
/// - A deposit that nobody but its patient confirmed earns nothing: nobody can tell that patient from the author's own
/// invention. A vote earns nothing for the voter.
/// - A credit's age counts from the record's anchor, so that nothing is gained by claiming late.
/// - An appraisal states promptness and quality as one, so that the ledger does not tell when care took place.
interface ICredits {
    /// @notice A supporter's statement that a deposit arrived soon after care and passes the quality check.
    /// @param index The supporter's place among the deposit's, which voted for it last.
    /// @param deadline Last second at which it can be submitted.
    /// @param signature By the supporter's signer, over `Appraisal(bytes32 deposit,bytes32 voter,uint256 deadline)`.
    struct Appraisal {
        uint256 index;
        uint256 deadline;
        Signature signature;
    }

    /// @notice What a deposit earned.
    /// @param epoch The epoch of its anchor.
    /// @param points 0, 1, or 2 with the appraisals of a quorum.
    /// @param clawedBack Whether it was taken back.
    struct Credit {
        uint64 epoch;
        uint8 points;
        bool clawedBack;
    }

    /// @notice A deposit earned its author points.
    event Earned(bytes32 indexed deposit, bytes32 indexed author, uint256 points);
    /// @notice A dispute was upheld: what the deposit earned is taken back.
    event ClawedBack(bytes32 indexed deposit, bytes32 indexed author, uint256 points);

    /// @notice The deposit is not confirmed.
    error NotConfirmed(bytes32 deposit);
    /// @notice The author named no supporters: nobody but the patient was asked.
    error NobodyAsked(bytes32 deposit);
    /// @notice The patient disputes the record, or did so rightly.
    error IsDisputed(bytes32 deposit);
    /// @notice The deposit earned this already, or what it earned was taken back.
    error NothingDue(bytes32 deposit);
    /// @notice An appraisal came too late.
    error DeadlinePassed(uint256 deadline);
    /// @notice An appraisal is out of order, or not by a supporter that voted for the deposit.
    error InvalidAppraisal(uint256 index);
    /// @notice No dispute about the record was upheld.
    error NotUpheld(bytes32 deposit);

    /// @notice Credits an author with what a deposit earned and is not credited yet.
    /// @dev Reverts with `NotAccredited` if the author is not accredited now, `NotConfirmed`, `NobodyAsked`, `IsDisputed`,
    /// `NothingDue`, or, for an appraisal, `DeadlinePassed`, `InvalidAppraisal`, `NotAccredited` or `InvalidSignature`.
    /// @param author The organization that wrote the record.
    /// @param commitment The record's.
    /// @param subject The patient's pseudonym towards the author.
    /// @param appraisals In ascending order of their places; fewer than the quorum count for nothing.
    function claim(bytes32 author, bytes32 commitment, address subject, Appraisal[] calldata appraisals) external;

    /// @notice Takes back what a deposit earned, once a dispute about its record was upheld.
    /// @dev Reverts with `NothingDue` or `NotUpheld`.
    /// @param author The organization that wrote the record.
    /// @param commitment The record's.
    /// @param subject The patient's pseudonym towards the author.
    function clawBack(bytes32 author, bytes32 commitment, address subject) external;

    /// @notice What an organization's credits weigh now: each point counts `EPOCHS` in the epoch of its anchor, and one
    /// less with every epoch.
    /// @param organization The organization.
    /// @return weight The sum; 0 for who earned nothing within `EPOCHS` epochs.
    function standingOf(bytes32 organization) external view returns (uint256 weight);

    /// @notice The points that an organization holds for the anchors of one epoch.
    /// @param organization The organization.
    /// @param epoch Unix time over `EPOCH_SECONDS`.
    /// @return points The points.
    function pointsIn(bytes32 organization, uint256 epoch) external view returns (uint256 points);

    /// @notice What a deposit earned.
    /// @param deposit Its id, as the attestations contract has it.
    /// @return What it earned.
    function creditOf(bytes32 deposit) external view returns (Credit memory);
}
