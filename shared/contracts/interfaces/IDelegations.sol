// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../Signatures.sol";

/// @title Delegation: a carer acts for a patient, in one role, for a time
/// @notice A patient lets another key watch, decide or only revoke. The consents contract asks here when a delegate signs
/// in the patient's place.
/// @dev EIP-712 signatures in the domain ("Carekey Delegations", "1", chain, this contract), from plain keys; anyone may
/// submit. A delegation's digest is its id and its nonce: it counts once. No role exists here, and nobody can pause,
/// upgrade or undo.
///
/// WARNINGS
/// - The delegate's address is public beside the pseudonym. Whoever uses it for a second pseudonym tells everybody that
/// the two belong together: one address for each.
/// - What a delegate granted outlives a revoked delegation; the patient revokes the grant too.
/// - A delegation that was signed and not submitted is stopped by revoking its id.
interface IDelegations {
    /// @notice What a delegate may do.
    /// @dev `Watch` is for readers off the ledger: nothing here or in consents asks for it.
    enum Role {
        None,
        Watch,
        Decide,
        RevokeOnly
    }

    /// @notice What a patient signs.
    /// @param patient The pseudonym that signs.
    /// @param delegate The address that may sign in its place.
    /// @param role Any but `None`.
    /// @param notBefore Unix time in seconds, inclusive.
    /// @param notAfter Unix time in seconds, exclusive; at most `MAX_SECONDS` after the beginning.
    /// @param deadline Last second at which it can be submitted.
    struct Delegation {
        address patient;
        address delegate;
        Role role;
        uint64 notBefore;
        uint64 notAfter;
        uint256 deadline;
    }

    /// @notice All that is kept of a delegation; zeros where nothing has happened.
    struct Kept {
        address delegate;
        Role role;
        uint64 notBefore;
        uint64 notAfter;
        bool revoked;
    }

    /// @notice A patient let a delegate act.
    event Delegated(
        bytes32 indexed id,
        address indexed patient,
        address indexed delegate,
        Role role,
        uint64 notBefore,
        uint64 notAfter
    );
    /// @notice A patient took a delegation back, for good.
    event DelegationRevoked(bytes32 indexed id, address indexed patient);

    /// @notice The signature came too late.
    error DeadlinePassed(uint256 deadline);
    /// @notice The role is `None`, or the delegate is nobody or the patient.
    error InvalidDelegation();
    /// @notice The period is empty, over or too long.
    error InvalidDelegationPeriod(uint64 notBefore, uint64 notAfter);
    /// @notice This delegation is on the ledger already.
    error AlreadyDelegated(bytes32 id);
    /// @notice The patient revoked this delegation.
    error DelegationIsRevoked(bytes32 id);
    /// @notice No delegation of this patient has this id, or it does not run now.
    error DelegationNotLive(bytes32 id);
    /// @notice The delegate's role does not let it do this.
    error RoleTooWeak(bytes32 id, Role role);

    /// @notice Puts a delegation on the ledger.
    /// @dev Reverts with `DeadlinePassed`, `InvalidDelegation`, `InvalidDelegationPeriod`, `DelegationIsRevoked`,
    /// `AlreadyDelegated` or `InvalidSignature`.
    /// @param d The delegation.
    /// @param signature The patient's, over the delegation.
    function delegate(Delegation calldata d, Signature calldata signature) external;

    /// @notice Takes a delegation back, in whatever state it is. It can never be submitted again.
    /// @dev Reverts with `DeadlinePassed`, `DelegationIsRevoked` or `InvalidSignature` only. Asks no other contract.
    /// @param patient The pseudonym that signed the delegation.
    /// @param id The delegation's digest.
    /// @param deadline Last second at which the revocation can be submitted.
    /// @param signature The patient's, over `DelegationRevocation(bytes32 delegation,uint256 deadline)`.
    function revokeDelegation(
        address patient,
        bytes32 id,
        uint256 deadline,
        Signature calldata signature
    ) external;

    /// @notice Who may grant in the patient's place under a delegation, now.
    /// @dev Reverts with `DelegationIsRevoked`, `DelegationNotLive` or `RoleTooWeak`.
    /// @param patient The pseudonym.
    /// @param id The delegation's digest.
    /// @return who The delegate.
    /// @return notAfter The delegation's end, exclusive: no grant of the delegate's may last longer.
    function requireGranter(address patient, bytes32 id) external view returns (address who, uint64 notAfter);

    /// @notice Who may revoke in the patient's place under a delegation, now.
    /// @dev Reverts with `DelegationIsRevoked`, `DelegationNotLive` or `RoleTooWeak`.
    /// @param patient The pseudonym.
    /// @param id The delegation's digest.
    /// @return who The delegate.
    function requireRevoker(address patient, bytes32 id) external view returns (address who);

    /// @notice All that is kept of a delegation.
    /// @param patient The pseudonym that signed it.
    /// @param id The delegation's digest.
    /// @return What is kept.
    function delegationOf(address patient, bytes32 id) external view returns (Kept memory);

    /// @notice The digest that the patient signs: the delegation's id.
    /// @param d The delegation.
    /// @return id Its EIP-712 digest.
    function delegationId(Delegation calldata d) external view returns (bytes32 id);
}
