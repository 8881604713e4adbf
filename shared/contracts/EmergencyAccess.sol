// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {Domain} from "./Domain.sol";
import {IEmergencyAccess} from "./interfaces/IEmergencyAccess.sol";
import {IPractitioners} from "./interfaces/IPractitioners.sol";
import {Signature, Signatures} from "./Signatures.sol";

/// @title EmergencyAccess
/// @dev The interface is the manual.
contract EmergencyAccess is IEmergencyAccess, Domain {
    /// @dev The first slot is all that opening reads where any organization's practitioners may.
    struct Terms {
        bool allowed;
        bool listed;
        uint32 waitSeconds;
        uint32 windowSeconds;
        uint8 threshold;
        uint8 holders;
        uint64 round;
        bytes32 listHash;
        bytes32 guardians;
        bytes32 holdersHash;
    }

    bytes32 private constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");
    bytes32 private constant POLICY_TYPEHASH =
        keccak256(
            "Policy(address patient,bool allowed,uint32 waitSeconds,uint32 windowSeconds,uint8 threshold,uint8 holders,"
            "bytes32[] organizations,bytes32 guardians,bytes32 holdersHash,uint256 round,uint256 deadline)"
        );
    bytes32 private constant OPENING_TYPEHASH =
        keccak256(
            "Opening(address patient,bytes32 practitioner,uint8 reason,bytes32 detailHash,uint256 deadline)"
        );
    bytes32 private constant VETO_TYPEHASH = keccak256("Veto(bytes32 opening,uint256 deadline)");

    /// @notice Longest wait.
    uint256 public constant MAX_WAIT_SECONDS = 7 days;
    /// @notice Longest window.
    uint256 public constant MAX_WINDOW_SECONDS = 7 days;
    /// @notice Most holders of shares.
    uint256 public constant MAX_HOLDERS = 16;
    /// @notice Most organizations on a policy's list.
    uint256 public constant MAX_ORGANIZATIONS = 16;

    /// @notice The registry of practitioners.
    IPractitioners public immutable PRACTITIONERS;
    /// @notice The registry that knows the registrars.
    IAccessControl public immutable ACCREDITATION;

    mapping(address patient => Terms) private _terms;
    /// @dev By patient first, so that nobody else's act can touch a case.
    mapping(address patient => mapping(bytes32 id => Case)) private _cases;

    /// @param practitioners The registry of practitioners.
    /// @param accreditation The registry that knows the registrars.
    constructor(IPractitioners practitioners, IAccessControl accreditation) Domain("Carekey Emergency") {
        PRACTITIONERS = practitioners;
        ACCREDITATION = accreditation;
    }

    /// @inheritdoc IEmergencyAccess
    function statePolicy(Policy calldata p, Signature calldata signature) external {
        if (block.timestamp > p.deadline) revert DeadlinePassed(p.deadline);
        uint64 expected = _terms[p.patient].round + 1;
        if (p.round != expected) revert WrongPolicyRound(expected);
        if (!_isSound(p)) revert InvalidPolicy();
        Signatures.check(_digest(_domain(), _policyHash(p)), signature, p.patient);

        _terms[p.patient] = Terms({
            allowed: p.allowed,
            listed: p.organizations.length > 0,
            waitSeconds: p.waitSeconds,
            windowSeconds: p.windowSeconds,
            threshold: p.threshold,
            holders: p.holders,
            round: expected,
            listHash: keccak256(abi.encodePacked(p.organizations)),
            guardians: p.guardians,
            holdersHash: p.holdersHash
        });
        emit PolicyStated(p.patient, p.allowed, p.organizations, p.round);
    }

    /// @inheritdoc IEmergencyAccess
    function open(Opening calldata o, bytes32[] calldata organizations, Signature calldata signature) external {
        if (block.timestamp > o.deadline) revert DeadlinePassed(o.deadline);
        if (o.reason == Reason.None) revert InvalidReason();
        Terms storage terms = _terms[o.patient];
        if (!terms.allowed) revert NotAllowed(o.patient);
        bytes32 id = caseId(o);
        if (_cases[o.patient][id].openedAt != 0) revert CaseExists(id);
        (IPractitioners.Role role, address signer) = PRACTITIONERS.requireAccredited(o.practitioner);
        if (role != IPractitioners.Role.Emergency) revert WrongRole(o.practitioner);
        if (terms.listed) _requireListed(terms.listHash, organizations, o.practitioner);
        Signatures.check(id, signature, signer);

        uint48 releaseFrom = uint48(block.timestamp) + terms.waitSeconds;
        uint48 closesAt = releaseFrom + terms.windowSeconds;
        _cases[o.patient][id] = Case(uint48(block.timestamp), releaseFrom, closesAt, 0, 0, false);
        emit CaseOpened(id, o.patient, o.practitioner, o.reason, releaseFrom, closesAt);
    }

    /// @inheritdoc IEmergencyAccess
    function veto(
        address patient,
        bytes32 id,
        address by,
        bytes32 salt,
        bytes32[] calldata proof,
        uint256 deadline,
        Signature calldata signature
    ) external {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        Case storage kept = _cases[patient][id];
        State state = _stateOf(kept);
        if (state == State.None) revert UnknownCase(id);
        if (state == State.Vetoed || state == State.Closed) revert CaseOver(id);
        if (by != patient) {
            bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(by, salt))));
            if (!MerkleProof.verifyCalldata(proof, _terms[patient].guardians, leaf)) revert NotGuardian(by);
        }
        Signatures.check(_digest(_domain(), Signatures.hash(VETO_TYPEHASH, id, bytes32(deadline))), signature, by);

        kept.vetoedAt = uint48(block.timestamp);
        emit CaseVetoed(id, patient);
    }

    /// @inheritdoc IEmergencyAccess
    function review(address patient, bytes32 id, bool justified, bytes32 findingsHash) external {
        if (!ACCREDITATION.hasRole(REGISTRAR_ROLE, msg.sender)) {
            revert IAccessControl.AccessControlUnauthorizedAccount(msg.sender, REGISTRAR_ROLE);
        }
        Case storage kept = _cases[patient][id];
        State state = _stateOf(kept);
        if (state == State.None) revert UnknownCase(id);
        if (state == State.Waiting || state == State.Open) revert CaseNotOver(id);
        if (kept.reviewedAt != 0) revert AlreadyReviewed(id);
        (kept.reviewedAt, kept.justified) = (uint48(block.timestamp), justified);
        emit CaseReviewed(id, patient, justified, findingsHash);
    }

    /// @inheritdoc IEmergencyAccess
    function mayRelease(Opening calldata o) external view returns (bool) {
        return
            _stateOf(_cases[o.patient][caseId(o)]) == State.Open &&
            _terms[o.patient].allowed &&
            PRACTITIONERS.isAccredited(o.practitioner);
    }

    /// @inheritdoc IEmergencyAccess
    function policyOf(address patient) external view returns (Policy memory policy) {
        Terms memory terms = _terms[patient];
        policy.patient = patient;
        policy.allowed = terms.allowed;
        policy.waitSeconds = terms.waitSeconds;
        policy.windowSeconds = terms.windowSeconds;
        policy.threshold = terms.threshold;
        policy.holders = terms.holders;
        policy.guardians = terms.guardians;
        policy.holdersHash = terms.holdersHash;
        policy.round = terms.round;
    }

    /// @inheritdoc IEmergencyAccess
    function caseOf(address patient, bytes32 id) external view returns (State state, Case memory kept) {
        return (_stateOf(_cases[patient][id]), _cases[patient][id]);
    }

    /// @inheritdoc IEmergencyAccess
    function caseId(Opening calldata o) public view returns (bytes32 id) {
        return _digest(_domain(), keccak256(abi.encode(OPENING_TYPEHASH, o)));
    }

    function _requireListed(bytes32 listHash, bytes32[] calldata organizations, bytes32 practitioner) private view {
        if (keccak256(abi.encodePacked(organizations)) != listHash) revert OrganizationNotListed(practitioner);
        bytes32 organization = PRACTITIONERS.practitioner(practitioner).organization;
        for (uint256 i = 0; i < organizations.length; ++i) if (organizations[i] == organization) return;
        revert OrganizationNotListed(practitioner);
    }

    function _stateOf(Case storage kept) private view returns (State) {
        if (kept.openedAt == 0) return State.None;
        if (kept.vetoedAt != 0) return State.Vetoed;
        if (block.timestamp < kept.releaseFrom) return State.Waiting;
        return block.timestamp < kept.closesAt ? State.Open : State.Closed;
    }

    /// @dev A policy that allows nothing may say anything else.
    function _isSound(Policy calldata p) private pure returns (bool) {
        if (p.organizations.length > MAX_ORGANIZATIONS) return false;
        if (!p.allowed) return true;
        if (p.waitSeconds > MAX_WAIT_SECONDS || p.windowSeconds == 0) return false;
        if (p.windowSeconds > MAX_WINDOW_SECONDS || p.holders > MAX_HOLDERS) return false;
        return 2 <= p.threshold && p.threshold <= p.holders;
    }

    function _policyHash(Policy calldata p) private pure returns (bytes32) {
        bytes memory words = abi.encode(
            POLICY_TYPEHASH,
            p.patient,
            p.allowed,
            p.waitSeconds,
            p.windowSeconds,
            p.threshold,
            p.holders,
            keccak256(abi.encodePacked(p.organizations))
        );
        return keccak256(bytes.concat(words, abi.encode(p.guardians, p.holdersHash, p.round, p.deadline)));
    }
}
