// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../Signatures.sol";

/// @title Attestation before confirmation
/// @notice A record or bill stays pending until its patient accepted it and more than half of the organizations that
/// support its author voted for it. An author that names no supporters needs the patient alone.
/// @dev A registrar of the accreditation registry approves who may support whom; never an author itself, never two
/// organizations each other. The author signs which of them it names, and each deposit; a supporter signs its vote. The
/// domain is ("Carekey Attestations", "1", chain, this contract); anyone may submit. The patient's acceptance is the
/// author's own anchor in the records contract; another author's counts for nothing. No role exists here, and nobody can
/// set a status.
///
/// WARNINGS
/// - A deposit keeps the supporters named when it was opened. To suspend one stops its votes.
/// - Votes are cast and changed until the voting's time is over, but no change breaks a quorum that was reached: confirmed
/// is for good. Rejected is for good once the voting is over without a quorum. A quorum without the patient's acceptance
/// stays pending.
/// - A deposit is opened once. Who reads a status reads `quorum` too: 0 says that nobody but the patient was asked.
interface IAttestations {
    /// @notice Where a deposit stands.
    enum Status {
        None,
        Pending,
        Confirmed,
        Rejected
    }

    /// @notice A supporter's vote: for it, or against it with the reason.
    enum Choice {
        None,
        Approve,
        WrongPatient,
        Implausible,
        Duplicate,
        Incomplete,
        WrongAmount,
        Other
    }

    /// @notice What an author asks its supporters to vote on.
    /// @param author The organization that wrote it.
    /// @param commitment Of the record's statement.
    /// @param subject The patient's pseudonym towards the author.
    /// @param votingUntil Unix time in seconds, exclusive; at most `MAX_VOTING_SECONDS` ahead.
    /// @param deadline Last second at which it can be submitted.
    struct Deposit {
        bytes32 author;
        bytes32 commitment;
        address subject;
        uint64 votingUntil;
        uint256 deadline;
    }

    /// @notice All about a deposit.
    /// @param status Where it stands now.
    /// @param accepted Whether the patient's acceptance of this author's record is on the ledger.
    /// @param votingUntil When the voting ends.
    /// @param approvals Votes for it.
    /// @param rejections Votes against it.
    /// @param supporters How many could vote.
    /// @param quorum How many votes for it are needed.
    struct Tally {
        Status status;
        bool accepted;
        uint64 votingUntil;
        uint256 approvals;
        uint256 rejections;
        uint256 supporters;
        uint256 quorum;
    }

    /// @notice A registrar approved that one organization may support another.
    event SupportApproved(bytes32 indexed author, bytes32 indexed supporter);
    /// @notice A registrar withdrew that.
    event SupportWithdrawn(bytes32 indexed author, bytes32 indexed supporter);
    /// @notice An author named its supporters anew.
    event SupportersNamed(bytes32 indexed author, bytes32[] supporters);
    /// @notice A deposit waits for its votes.
    event DepositOpened(bytes32 indexed id, bytes32 indexed author, bytes32 commitment, uint64 votingUntil);
    /// @notice A supporter voted, or changed its vote.
    event Voted(bytes32 indexed id, bytes32 indexed voter, Choice choice);

    /// @notice The signature came too late.
    error DeadlinePassed(uint256 deadline);
    /// @notice An author cannot support itself.
    error OwnSupporter(bytes32 author);
    /// @notice The supporter is supported by the author already.
    error MutualSupport(bytes32 author, bytes32 supporter);
    /// @notice No registrar approved this supporter.
    error NotApproved(bytes32 author, bytes32 supporter);
    /// @notice A registrar approved this supporter already.
    error AlreadyApproved(bytes32 author, bytes32 supporter);
    /// @notice More than `MAX_SUPPORTERS`, or not in ascending order without repetition.
    error InvalidSupporters();
    /// @notice The naming is not the one that follows the author's last.
    error WrongRound(uint256 expected);
    /// @notice The commitment or the subject is zero, or the voting is over already or too long.
    error InvalidDeposit();
    /// @notice This deposit was opened already.
    error AlreadyOpened(bytes32 id);
    /// @notice Nobody opened this deposit.
    error UnknownDeposit(bytes32 id);
    /// @notice The voting's time is over.
    error VotingOver(bytes32 id);
    /// @notice The quorum that was reached stands on this voter's approval.
    error QuorumReached(bytes32 id);
    /// @notice No supporter stands at this place of the deposit's list.
    error UnknownSupporter(uint256 index);
    /// @notice The choice is `None`.
    error InvalidChoice();
    /// @notice A vote of this round or a later one is on the ledger, or the round is over 127.
    error VoteSuperseded(uint256 round);

    /// @notice Approves that `supporter` may vote on what `author` deposits. Only a registrar may.
    /// @dev Reverts with `OwnSupporter`, `MutualSupport` or `AlreadyApproved`.
    /// @param author The author.
    /// @param supporter The supporter.
    function approve(bytes32 author, bytes32 supporter) external;

    /// @notice Withdraws an approval, and takes the supporter from those that the author named. Only a registrar may.
    /// @dev Reverts with `NotApproved`.
    /// @param author The author.
    /// @param supporter The supporter.
    function withdraw(bytes32 author, bytes32 supporter) external;

    /// @notice Names the supporters of what the author deposits from now on, in place of the former.
    /// @dev Reverts with `DeadlinePassed`, `WrongRound`, `InvalidSupporters`, `NotApproved`, `NotAccredited` of the
    /// accreditation registry, or `InvalidSignature`.
    /// @param author The author.
    /// @param supporters In ascending order; may be empty.
    /// @param round One more than the author's last, the first being 1.
    /// @param deadline Last second at which it can be submitted.
    /// @param signature By the author's signer, over
    /// `Naming(bytes32 author,bytes32[] supporters,uint256 round,uint256 deadline)`.
    function nameSupporters(
        bytes32 author,
        bytes32[] calldata supporters,
        uint256 round,
        uint256 deadline,
        Signature calldata signature
    ) external;

    /// @notice Opens a deposit for the votes of the supporters that its author names now.
    /// @dev Reverts with `DeadlinePassed`, `InvalidDeposit`, `AlreadyOpened`, `NotAccredited` or `InvalidSignature`.
    /// @param d The deposit.
    /// @param signature By the author's signer, over
    /// `Deposit(bytes32 author,bytes32 commitment,address subject,uint64 votingUntil,uint256 deadline)`.
    function open(Deposit calldata d, Signature calldata signature) external;

    /// @notice Votes, or changes a vote, until the voting is over.
    /// @dev Reverts with `DeadlinePassed`, `UnknownDeposit`, `VotingOver`, `UnknownSupporter`, `InvalidChoice`,
    /// `VoteSuperseded`, `QuorumReached`, `NotAccredited` if the voter is not accredited now, or `InvalidSignature`.
    /// @param id The deposit's id.
    /// @param index The voter's place among the deposit's supporters.
    /// @param choice For it, or why not.
    /// @param round Above that of the voter's last vote on this deposit, from 1 to 127.
    /// @param deadline Last second at which it can be submitted.
    /// @param signature By the voter's signer, over
    /// `Vote(bytes32 deposit,bytes32 voter,uint8 choice,uint256 round,uint256 deadline)`.
    function vote(
        bytes32 id,
        uint256 index,
        Choice choice,
        uint256 round,
        uint256 deadline,
        Signature calldata signature
    ) external;

    /// @notice Whether a registrar approved that one organization may support another.
    /// @param author The author.
    /// @param supporter The supporter.
    /// @return Whether it did.
    function isApproved(bytes32 author, bytes32 supporter) external view returns (bool);

    /// @notice The supporters that an author names now.
    /// @param author The author.
    /// @return supporters In ascending order.
    /// @return round Of the last naming; 0 if there was none.
    function supportersOf(bytes32 author) external view returns (bytes32[] memory supporters, uint256 round);

    /// @notice Who may vote on a deposit, each with its last vote and that vote's round.
    /// @param id The deposit's id.
    /// @return voters In the order of their places.
    /// @return choices `None` for who has not voted.
    /// @return rounds 0 for who has not voted.
    function votesOn(
        bytes32 id
    ) external view returns (bytes32[] memory voters, Choice[] memory choices, uint256[] memory rounds);

    /// @notice Where a deposit stands, with its votes counted.
    /// @param author The organization that wrote it.
    /// @param commitment Of the record's statement.
    /// @param subject The patient's pseudonym towards the author.
    /// @return All about it; `None` and zeros if nobody opened it.
    function tallyOf(bytes32 author, bytes32 commitment, address subject) external view returns (Tally memory);

    /// @notice A deposit's id: keccak256(abi.encode(author, commitment, subject)).
    /// @param author The organization that wrote it.
    /// @param commitment Of the record's statement.
    /// @param subject The patient's pseudonym towards the author.
    /// @return id The id.
    function depositId(bytes32 author, bytes32 commitment, address subject) external pure returns (bytes32 id);
}
