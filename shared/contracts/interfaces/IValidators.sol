// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../Signatures.sol";

/// @title Who produces the consortium's blocks
/// @notice Most seats are appointed by two officers of the authority together; the others go to the organizations with the
/// highest standing by credits. The elected are always fewer than a third, so that no group whatsoever reaches by credits
/// alone what would halt or bend the consensus.
/// @dev `getValidators` is what Besu's QBFT asks at every block in the validator selection mode `contract`. Candidacies are
/// EIP-712 signatures in the domain ("Carekey Validators", "1", chain, this contract); anyone may submit. Officers are the
/// registrars of the accreditation registry.
///
/// WARNINGS
/// - An appointed seat stays until two officers appoint anew, whatever the registry says of its owner: the chain must not
/// stop because accreditations run out. An elected one is passed over while its organization is not accredited.
/// - A proposal replaces the one before it. The second officer compares what it confirms with what was agreed.
interface IValidators {
    /// @notice Two officers appointed these seats.
    event Appointed(address[] nodes);
    /// @notice One officer proposes these seats; another can confirm them from then on.
    event Proposed(address indexed by, address[] nodes, uint64 confirmableFrom);
    /// @notice An organization stands for election with this node; with none it stands no more.
    event Stood(bytes32 indexed organization, address node);
    /// @notice These organizations have the elected seats, the highest standing first.
    event Elected(bytes32[] organizations);

    /// @notice The signature came too late.
    error DeadlinePassed(uint256 deadline);
    /// @notice No seat, too many, or not in ascending order without zero and repetition.
    error InvalidSeats();
    /// @notice These seats are not proposed.
    error NotProposed();
    /// @notice Who proposed cannot confirm, and the proposer must be a registrar still.
    error SecondOfficerNeeded(address by);
    /// @notice The delay after the proposal is not over.
    error NotConfirmableYet(uint64 confirmableFrom);
    /// @notice The candidacy is not the one that follows the organization's last.
    error WrongCandidacyRound(uint256 expected);
    /// @notice The node belongs to another candidate.
    error NodeTaken(address node);
    /// @notice No more than `MAX_CANDIDATES` can stand.
    error TooManyCandidates();
    /// @notice The term of the elected is not over.
    error TermNotOver(uint64 until);

    /// @notice Proposes all the appointed seats anew. Only a registrar may.
    /// @dev Reverts with `InvalidSeats` or `AccessControlUnauthorizedAccount`.
    /// @param nodes The nodes' addresses, ascending.
    function propose(address[] calldata nodes) external;

    /// @notice Confirms what another registrar proposed, `DELAY_SECONDS` later at the earliest.
    /// @dev Reverts with `NotProposed`, `SecondOfficerNeeded`, `NotConfirmableYet` or `AccessControlUnauthorizedAccount`.
    /// @param nodes As proposed.
    function confirm(address[] calldata nodes) external;

    /// @notice States with which node an organization stands for election.
    /// @dev Reverts with `DeadlinePassed`, `WrongCandidacyRound`, `NodeTaken`, `TooManyCandidates`, `NotAccredited` or
    /// `InvalidSignature`.
    /// @param organization The organization.
    /// @param node Its node's address; zero to stand no more.
    /// @param round One more than the organization's last, the first being 1.
    /// @param deadline Last second at which it can be submitted.
    /// @param signature By the organization's signer, over
    /// `Candidacy(bytes32 organization,address node,uint256 round,uint256 deadline)`.
    function stand(
        bytes32 organization,
        address node,
        uint256 round,
        uint256 deadline,
        Signature calldata signature
    ) external;

    /// @notice Gives the elected seats to the accredited candidates with the highest standing, once a term, by anyone. Of
    /// equals the one that stands longer goes first; who has no credits is not elected.
    /// @dev Reverts with `TermNotOver`.
    function elect() external;

    /// @notice The nodes that produce blocks now: the appointed, then the elected. Never empty.
    /// @return nodes Their addresses.
    function getValidators() external view returns (address[] memory nodes);

    /// @notice The appointed seats.
    /// @return nodes Their addresses.
    function appointed() external view returns (address[] memory nodes);

    /// @notice Who was elected last, accredited now or not.
    /// @return organizations The highest standing first.
    /// @return termUntil When `elect` can be called again; Unix seconds.
    function elected() external view returns (bytes32[] memory organizations, uint64 termUntil);

    /// @notice Who stands for election.
    /// @return organizations The candidates, in no order that matters.
    function candidates() external view returns (bytes32[] memory organizations);

    /// @notice An organization's candidacy.
    /// @param organization The organization.
    /// @return node Its node; zero if it does not stand.
    /// @return round Of its last statement.
    function candidacyOf(bytes32 organization) external view returns (address node, uint64 round);
}
