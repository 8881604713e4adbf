// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../Signatures.sol";

/// @title Emergency access, as its patient prepared it
/// @notice A patient signs whether, by whom, after what wait and for how long an emergency summary may be opened. An
/// accredited emergency practitioner opens a case; the patient or a guardian may veto it; its window closes by itself;
/// a review is owed.
/// @dev EIP-712 in the domain ("Carekey Emergency", "1", chain, this contract), from plain keys; anyone may submit. The
/// ledger holds no key: at least two holders must each release a share, and each asks `mayRelease` first. A registrar
/// of the accreditation registry states reviews and can do nothing else.
///
/// ASSUMPTIONS
/// - Holders release only while `mayRelease` says so at a final block, and by their own clock as well.
/// - On an idle chain `block.timestamp` stands still, so that no wait passes and no window closes until the next block.
///
/// WARNINGS
/// - That a case was opened is public for ever: a patient uses a pseudonym of its own for emergencies.
/// - What was released cannot be unseen. A veto after the wait only stops what has not been released yet.
interface IEmergencyAccess {
    /// @notice Why the patient cannot be asked; no diagnosis. The rest stands behind `detailHash`.
    enum Reason {
        None,
        CannotConsent,
        CannotBeReached,
        DangerToLife,
        Other
    }

    /// @notice Where a case stands. In `Waiting` nobody may release; in `Open` holders may.
    enum State {
        None,
        Waiting,
        Open,
        Vetoed,
        Closed
    }

    /// @notice What a patient allows.
    /// @param patient The pseudonym that signs: what the emergency card names.
    /// @param allowed Whether cases may be opened at all.
    /// @param waitSeconds From opening to release, at most `MAX_WAIT_SECONDS`.
    /// @param windowSeconds From release to the end, 1 to `MAX_WINDOW_SECONDS`.
    /// @param threshold How many holders must release their share, at least 2.
    /// @param holders How many hold a share, at most `MAX_HOLDERS`.
    /// @param organizations Whose emergency practitioners may open, at most `MAX_ORGANIZATIONS`; empty for any.
    /// @param guardians Merkle root over those who may veto besides the patient, or zero.
    /// @param holdersHash Salted hash of who holds the shares.
    /// @param round One more than the patient's last, the first being 1.
    /// @param deadline Last second at which it can be submitted.
    struct Policy {
        address patient;
        bool allowed;
        uint32 waitSeconds;
        uint32 windowSeconds;
        uint8 threshold;
        uint8 holders;
        bytes32[] organizations;
        bytes32 guardians;
        bytes32 holdersHash;
        uint256 round;
        uint256 deadline;
    }

    /// @notice A practitioner's claim that there is an emergency.
    /// @param patient What the emergency card names.
    /// @param practitioner An accredited practitioner in the role `Emergency`.
    /// @param reason Why the patient cannot be asked.
    /// @param detailHash Salted hash of what the practitioner wrote down for the review.
    /// @param deadline Last second at which it can be submitted.
    struct Opening {
        address patient;
        bytes32 practitioner;
        Reason reason;
        bytes32 detailHash;
        uint256 deadline;
    }

    /// @notice All that is kept of a case. Times are Unix seconds; zero means that it has not happened.
    /// @param openedAt When it was opened.
    /// @param releaseFrom When the wait ends.
    /// @param closesAt When the window ends.
    /// @param vetoedAt When it was vetoed.
    /// @param reviewedAt When a registrar stated the review; it is owed until then.
    /// @param justified What the review found.
    struct Case {
        uint48 openedAt;
        uint48 releaseFrom;
        uint48 closesAt;
        uint48 vetoedAt;
        uint48 reviewedAt;
        bool justified;
    }

    /// @notice A patient stated a policy.
    event PolicyStated(address indexed patient, bool allowed, bytes32[] organizations, uint256 round);
    /// @notice A case was opened.
    event CaseOpened(
        bytes32 indexed id,
        address indexed patient,
        bytes32 indexed practitioner,
        Reason reason,
        uint48 releaseFrom,
        uint48 closesAt
    );
    /// @notice A case was vetoed.
    event CaseVetoed(bytes32 indexed id, address indexed patient);
    /// @notice A case was reviewed. `findingsHash` commits to the findings, off the ledger.
    event CaseReviewed(bytes32 indexed id, address indexed patient, bool justified, bytes32 findingsHash);

    /// @notice The signature came too late.
    error DeadlinePassed(uint256 deadline);
    /// @notice The policy allows what no policy may, or what its numbers contradict.
    error InvalidPolicy();
    /// @notice The policy is not the one that follows the patient's last.
    error WrongPolicyRound(uint256 expected);
    /// @notice The patient allows no emergency access.
    error NotAllowed(address patient);
    /// @notice The reason is `None`.
    error InvalidReason();
    /// @notice The practitioner's role is not `Emergency`.
    error WrongRole(bytes32 practitioner);
    /// @notice The list is not the policy's, or the practitioner's organization is not on it.
    error OrganizationNotListed(bytes32 practitioner);
    /// @notice This case was opened already.
    error CaseExists(bytes32 id);
    /// @notice Nobody opened this case.
    error UnknownCase(bytes32 id);
    /// @notice The case is over: closed or vetoed.
    error CaseOver(bytes32 id);
    /// @notice The case is not over yet.
    error CaseNotOver(bytes32 id);
    /// @notice The case was reviewed already.
    error AlreadyReviewed(bytes32 id);
    /// @notice This address is neither the patient nor a guardian.
    error NotGuardian(address by);

    /// @notice States a policy in place of the former. Open cases keep their times; a policy that allows nothing stops
    /// their release.
    /// @dev Reverts with `DeadlinePassed`, `WrongPolicyRound`, `InvalidPolicy` or `InvalidSignature`.
    /// @param p The policy.
    /// @param signature The patient's, over the policy.
    function statePolicy(Policy calldata p, Signature calldata signature) external;

    /// @notice Opens a case: the wait begins.
    /// @dev Reverts with `DeadlinePassed`, `InvalidReason`, `NotAllowed`, `CaseExists`, `WrongRole`,
    /// `OrganizationNotListed`, `PractitionerNotAccredited`, `NotAccredited` or `InvalidSignature`.
    /// @param o The practitioner's claim; its digest is the case's id.
    /// @param organizations The policy's list, as its event has it; empty if the policy's is.
    /// @param signature The practitioner's, over the claim.
    function open(Opening calldata o, bytes32[] calldata organizations, Signature calldata signature) external;

    /// @notice Vetoes a case that is waiting or open.
    /// @dev Reverts with `DeadlinePassed`, `UnknownCase`, `CaseOver`, `NotGuardian` or `InvalidSignature`.
    /// @param patient What the emergency card names.
    /// @param id The case.
    /// @param by Who vetoes: the patient, or a guardian.
    /// @param salt Of the guardian's leaf, keccak256(keccak256(abi.encode(by, salt))); anything for the patient.
    /// @param proof The way from the leaf to the policy's `guardians`; empty for the patient.
    /// @param deadline Last second at which it can be submitted.
    /// @param signature By `by`, over `Veto(bytes32 opening,uint256 deadline)`.
    function veto(
        address patient,
        bytes32 id,
        address by,
        bytes32 salt,
        bytes32[] calldata proof,
        uint256 deadline,
        Signature calldata signature
    ) external;

    /// @notice States that a case which is over was reviewed. Only a registrar may.
    /// @dev Reverts with `UnknownCase`, `CaseNotOver` or `AlreadyReviewed`.
    /// @param patient What the emergency card names.
    /// @param id The case.
    /// @param justified Whether opening it was right.
    /// @param findingsHash Salted hash of the findings.
    function review(address patient, bytes32 id, bool justified, bytes32 findingsHash) external;

    /// @notice Whether a holder may release its share now: the case is open, its patient still allows emergencies, and
    /// practitioner and organization are still accredited.
    /// @param o The practitioner's claim.
    /// @return Whether it may.
    function mayRelease(Opening calldata o) external view returns (bool);

    /// @notice A patient's policy, but for the list of organizations, which the event has.
    /// @param patient What the emergency card names.
    /// @return policy The policy, its list empty and its deadline 0.
    function policyOf(address patient) external view returns (Policy memory policy);

    /// @notice A case and where it stands.
    /// @param patient What the emergency card names.
    /// @param id The case.
    /// @return state Where it stands at this block's time.
    /// @return kept All that is kept of it.
    function caseOf(address patient, bytes32 id) external view returns (State state, Case memory kept);

    /// @notice The digest that the practitioner signs: the case's id.
    /// @param o The practitioner's claim.
    /// @return id Its EIP-712 digest.
    function caseId(Opening calldata o) external view returns (bytes32 id);
}
