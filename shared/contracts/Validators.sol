// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {Domain} from "./Domain.sol";
import {IAccreditation} from "./interfaces/IAccreditation.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {IValidators} from "./interfaces/IValidators.sol";
import {Signature, Signatures} from "./Signatures.sol";

/// @title Validators
/// @dev The interface is the manual.
contract Validators is IValidators, Domain {
    /// @dev What one officer proposes.
    struct Proposal {
        bytes32 seats;
        address by;
        uint64 confirmableFrom;
    }

    /// @dev `place` counts from 1; 0 stands for nobody.
    struct Candidate {
        address node;
        uint64 round;
        uint32 place;
    }

    bytes32 private constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");
    bytes32 private constant CANDIDACY_TYPEHASH =
        keccak256("Candidacy(bytes32 organization,address node,uint256 round,uint256 deadline)");

    /// @notice Most appointed seats.
    uint256 public constant MAX_APPOINTED = 32;
    /// @notice Most candidates.
    uint256 public constant MAX_CANDIDATES = 64;
    /// @notice From a proposal to its confirmation.
    uint256 public constant DELAY_SECONDS = 2 days;
    /// @notice From one election to the next.
    uint256 public constant TERM_SECONDS = 7 days;

    /// @notice The registry of organizations and registrars.
    IAccreditation public immutable ACCREDITATION;
    /// @notice Where standing is earned.
    ICredits public immutable CREDITS;

    address[] private _appointed;
    bytes32[] private _elected;
    bytes32[] private _candidates;
    uint64 private _termUntil;
    Proposal private _proposal;
    mapping(bytes32 organization => Candidate) private _candidacies;
    mapping(address node => bytes32 organization) private _ownerOf;

    modifier onlyRegistrar() {
        if (!_isRegistrar(msg.sender)) {
            revert IAccessControl.AccessControlUnauthorizedAccount(msg.sender, REGISTRAR_ROLE);
        }
        _;
    }

    /// @param accreditation The registry of organizations and registrars.
    /// @param credits Where standing is earned.
    /// @param nodes The first appointed seats, ascending.
    constructor(
        IAccreditation accreditation,
        ICredits credits,
        address[] memory nodes
    ) Domain("Carekey Validators") {
        ACCREDITATION = accreditation;
        CREDITS = credits;
        _requireSound(nodes);
        _appointed = nodes;
        emit Appointed(nodes);
    }

    /// @inheritdoc IValidators
    function propose(address[] calldata nodes) external onlyRegistrar {
        _requireSound(nodes);
        uint64 from = uint64(block.timestamp + DELAY_SECONDS);
        _proposal = Proposal(keccak256(abi.encodePacked(nodes)), msg.sender, from);
        emit Proposed(msg.sender, nodes, from);
    }

    /// @inheritdoc IValidators
    function confirm(address[] calldata nodes) external onlyRegistrar {
        Proposal memory proposal = _proposal;
        if (proposal.seats != keccak256(abi.encodePacked(nodes))) revert NotProposed();
        if (proposal.by == msg.sender || !_isRegistrar(proposal.by)) revert SecondOfficerNeeded(proposal.by);
        if (block.timestamp < proposal.confirmableFrom) revert NotConfirmableYet(proposal.confirmableFrom);

        delete _proposal;
        _appointed = nodes;
        emit Appointed(nodes);
    }

    /// @inheritdoc IValidators
    function stand(
        bytes32 organization,
        address node,
        uint256 round,
        uint256 deadline,
        Signature calldata signature
    ) external {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        Candidate storage candidate = _candidacies[organization];
        uint64 expected = candidate.round + 1;
        if (round != expected) revert WrongCandidacyRound(expected);
        bytes32 structHash = keccak256(abi.encode(CANDIDACY_TYPEHASH, organization, node, round, deadline));
        address signer = Signatures.signerOf(ACCREDITATION, organization);
        Signatures.check(_digest(_domain(), structHash), signature, signer);

        delete _ownerOf[candidate.node];
        if (node == address(0)) _leave(candidate);
        else _enter(organization, node, candidate);
        (candidate.node, candidate.round) = (node, expected);
        emit Stood(organization, node);
    }

    /// @inheritdoc IValidators
    function elect() external {
        if (block.timestamp < _termUntil) revert TermNotOver(_termUntil);
        bytes32[] memory standing = _candidates;
        uint256[] memory weights = new uint256[](standing.length);
        for (uint256 i = 0; i < standing.length; ++i) {
            if (ACCREDITATION.isAccredited(standing[i])) weights[i] = CREDITS.standingOf(standing[i]);
        }
        delete _elected;
        for (uint256 seats = _electable(); seats > 0; --seats) {
            (uint256 best, uint256 weight) = _heaviest(weights);
            if (weight == 0) break;
            _elected.push(standing[best]);
            weights[best] = 0;
        }
        _termUntil = uint64(block.timestamp + TERM_SECONDS);
        emit Elected(_elected);
    }

    /// @inheritdoc IValidators
    function getValidators() external view returns (address[] memory nodes) {
        uint256 seats = _electable();
        uint256 count = _appointed.length;
        nodes = new address[](count + seats);
        for (uint256 i = 0; i < count; ++i) nodes[i] = _appointed[i];
        for (uint256 i = 0; i < _elected.length && seats > 0; ++i) {
            address node = _candidacies[_elected[i]].node;
            if (node == address(0) || !ACCREDITATION.isAccredited(_elected[i]) || _isAppointed(node)) continue;
            nodes[count] = node;
            ++count;
            --seats;
        }
        // Shortens the list to those found: the seats left over were at its end.
        assembly ("memory-safe") {
            mstore(nodes, count)
        }
    }

    /// @inheritdoc IValidators
    function appointed() external view returns (address[] memory nodes) {
        return _appointed;
    }

    /// @inheritdoc IValidators
    function elected() external view returns (bytes32[] memory organizations, uint64 termUntil) {
        return (_elected, _termUntil);
    }

    /// @inheritdoc IValidators
    function candidates() external view returns (bytes32[] memory organizations) {
        return _candidates;
    }

    /// @inheritdoc IValidators
    function candidacyOf(bytes32 organization) external view returns (address node, uint64 round) {
        return (_candidacies[organization].node, _candidacies[organization].round);
    }

    function _enter(bytes32 organization, address node, Candidate storage candidate) private {
        if (_ownerOf[node] != 0) revert NodeTaken(node);
        _ownerOf[node] = organization;
        if (candidate.place != 0) return;
        if (_candidates.length == MAX_CANDIDATES) revert TooManyCandidates();
        _candidates.push(organization);
        candidate.place = uint32(_candidates.length);
    }

    /// @dev Those behind move up, so that who stands longer stays in front.
    function _leave(Candidate storage candidate) private {
        uint256 place = candidate.place;
        if (place == 0) return;
        candidate.place = 0;
        for (uint256 i = place; i < _candidates.length; ++i) {
            _candidates[i - 1] = _candidates[i];
            _candidacies[_candidates[i]].place = uint32(i);
        }
        _candidates.pop();
    }

    /// @dev The most that stays below a third of all: 3e < a + e.
    function _electable() private view returns (uint256) {
        return (_appointed.length - 1) / 2;
    }

    function _isAppointed(address node) private view returns (bool) {
        for (uint256 i = 0; i < _appointed.length; ++i) if (_appointed[i] == node) return true;
        return false;
    }

    function _isRegistrar(address account) private view returns (bool) {
        return IAccessControl(address(ACCREDITATION)).hasRole(REGISTRAR_ROLE, account);
    }

    function _heaviest(uint256[] memory weights) private pure returns (uint256 best, uint256 weight) {
        for (uint256 i = 0; i < weights.length; ++i) {
            if (weights[i] > weight) (best, weight) = (i, weights[i]);
        }
    }

    function _requireSound(address[] memory nodes) private pure {
        if (nodes.length == 0 || nodes.length > MAX_APPOINTED) revert InvalidSeats();
        address former = address(0);
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (nodes[i] <= former) revert InvalidSeats();
            former = nodes[i];
        }
    }
}
