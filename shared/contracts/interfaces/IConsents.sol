// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../Signatures.sol";

/// @title Timed consent, signed by the patient, submitted by anyone
/// @notice A grant lets one organization read, for one purpose and one period. What it opens stands off the ledger,
/// behind `scopeHash`.
/// @dev Every act is an EIP-712 signature in the domain ("Carekey Consents", "1", chain, this contract). A grant's digest
/// is its id and its nonce: it counts once. Who submits makes no difference. Signers are plain keys; nothing is
/// keyed by signature bytes. No role exists here and nobody can pause, upgrade or undo.
///
/// WARNINGS
/// - A grant that was signed and not submitted is stopped by revoking its id, before or after anyone submits it.
/// - `isActive` does not ask the registry: whoever serves data checks the grantee's accreditation at that moment, too.
/// - A delegate of the patient's can grant and revoke while its delegation runs and its role allows; `ByDelegate` tells.
/// What it granted outlives the delegation's revocation, but not the delegation's own end.
/// - A pseudonym, an organization, times and a purpose are public for ever.
interface IConsents {
    /// @notice A patient's consent.
    /// @param patient The pseudonym that signs.
    /// @param grantee The organization that may read.
    /// @param purpose An HL7 v3 PurposeOfUse code, left-aligned ASCII.
    /// @param notBefore Unix time in seconds, inclusive.
    /// @param notAfter Unix time in seconds, exclusive.
    /// @param scopeHash Salted hash of categories, data period and records; opened to the grantee alone.
    /// @param deadline Last second at which it can be submitted.
    struct Grant {
        address patient;
        bytes32 grantee;
        bytes32 purpose;
        uint64 notBefore;
        uint64 notAfter;
        bytes32 scopeHash;
        uint256 deadline;
    }

    /// @notice A patient's consent is on the ledger.
    event Granted(
        bytes32 id,
        address indexed patient,
        bytes32 indexed grantee,
        bytes32 purpose,
        uint64 notBefore,
        uint64 notAfter,
        bytes32 scopeHash
    );
    /// @notice A patient took a consent back, for good.
    event Revoked(bytes32 id, address indexed patient);
    /// @notice The grantee states that it read under a grant. `accessHash` commits to what and why, off the ledger.
    event Accessed(bytes32 indexed id, bytes32 indexed grantee, bytes32 accessHash);

    /// @notice A patient narrowed or extended: `former` is revoked and `id` granted, in one act.
    event Replaced(bytes32 indexed former, bytes32 indexed id);
    /// @notice A grant, or its revocation, was signed by a delegate.
    event ByDelegate(bytes32 indexed id, bytes32 indexed delegation);

    /// @notice The signature came too late.
    error DeadlinePassed(uint256 deadline);
    /// @notice The period is empty or over.
    error InvalidPeriod(uint64 notBefore, uint64 notAfter);
    /// @notice This grant is on the ledger already.
    error AlreadyGranted(bytes32 id);
    /// @notice The patient revoked this grant.
    error AlreadyRevoked(bytes32 id);
    /// @notice This grant is not on the ledger.
    error UnknownGrant(bytes32 id);
    /// @notice The grant's period has not begun.
    error NotBegun(bytes32 id, uint64 notBefore);
    /// @notice The grant's period is over.
    error Ended(bytes32 id, uint64 notAfter);
    /// @notice This very access statement is on the ledger already.
    error AlreadyAccessed(bytes32 digest);
    /// @notice A delegate's grant would outlive its delegation.
    error BeyondDelegation(bytes32 delegation, uint64 notAfter);

    /// @notice Puts a patient's grant on the ledger.
    /// @dev Reverts with `DeadlinePassed`, `InvalidPeriod`, `AlreadyRevoked`, `AlreadyGranted`, `InvalidSignature`, or
    /// `NotAccredited` if the grantee is not accredited now.
    /// @param g The grant.
    /// @param signature The patient's, over the grant.
    function grant(Grant calldata g, Signature calldata signature) external;

    /// @notice Takes a grant back, in whatever state it is: before it was submitted, before it begins, while it is live,
    /// after it ran out. It can never be submitted again.
    /// @dev Reverts with `DeadlinePassed`, `AlreadyRevoked` or `InvalidSignature` only. Asks no other contract.
    /// @param patient The pseudonym that signed the grant.
    /// @param id The grant's digest.
    /// @param deadline Last second at which the revocation can be submitted.
    /// @param signature The patient's, over `Revocation(bytes32 grant,uint256 deadline)`.
    function revoke(address patient, bytes32 id, uint256 deadline, Signature calldata signature) external;

    /// @notice Revokes one grant and makes another of the same patient, both or neither: so a consent is narrowed or
    /// extended without a moment in which both or none of them count.
    /// @dev Reverts as `revoke` and `grant` do. The former may be batched or not submitted at all; it is never the same.
    /// @param former The digest of the grant that ends.
    /// @param deadline Last second at which the revocation can be submitted.
    /// @param revocation The patient's, over `Revocation(bytes32 grant,uint256 deadline)`.
    /// @param g The grant in its place.
    /// @param signature The patient's, over that grant.
    function replace(
        bytes32 former,
        uint256 deadline,
        Signature calldata revocation,
        Grant calldata g,
        Signature calldata signature
    ) external;

    /// @notice Puts a grant on the ledger that a delegate of the patient's signed.
    /// @dev Reverts as `grant` does, as `requireGranter` of the delegations contract, or with `BeyondDelegation`.
    /// @param delegation The delegation's digest.
    /// @param g The grant; its patient is the pseudonym that delegated.
    /// @param signature The delegate's, over the grant.
    function grantFor(bytes32 delegation, Grant calldata g, Signature calldata signature) external;

    /// @notice Takes a grant back by a delegate's signature.
    /// @dev Reverts as `revoke` does, or as `requireRevoker` of the delegations contract.
    /// @param delegation The delegation's digest.
    /// @param patient The pseudonym that delegated.
    /// @param id The grant's digest.
    /// @param deadline Last second at which the revocation can be submitted.
    /// @param signature The delegate's, over `Revocation(bytes32 grant,uint256 deadline)`.
    function revokeFor(
        bytes32 delegation,
        address patient,
        bytes32 id,
        uint256 deadline,
        Signature calldata signature
    ) external;

    /// @notice States that the grantee read under a live grant.
    /// @dev Reverts with `DeadlinePassed`, `UnknownGrant`, `AlreadyRevoked`, `NotBegun`, `Ended`, `AlreadyAccessed`,
    /// `NotAccredited` or `InvalidSignature`.
    /// @param g The grant.
    /// @param accessHash Salted hash of what was read.
    /// @param deadline Last second at which the statement can be submitted.
    /// @param signature By the grantee's signer, over `Access(bytes32 grant,bytes32 accessHash,uint256 deadline)`.
    function logAccess(Grant calldata g, bytes32 accessHash, uint256 deadline, Signature calldata signature) external;

    /// @notice Whether a grant is on the ledger, begun, not over and not revoked, at this block's time.
    /// @param patient The pseudonym that signed it.
    /// @param id The grant's digest.
    /// @return Whether it is active.
    function isActive(address patient, bytes32 id) external view returns (bool);

    /// @notice All that is kept of a grant. Times are Unix seconds; zero means that it has not happened.
    /// @param patient The pseudonym that signed it.
    /// @param id The grant's digest.
    /// @return grantedAt When it came to the ledger.
    /// @return notBefore Its beginning, inclusive.
    /// @return notAfter Its end, exclusive.
    /// @return revokedAt When it was revoked.
    function stateOf(
        address patient,
        bytes32 id
    ) external view returns (uint64 grantedAt, uint64 notBefore, uint64 notAfter, uint64 revokedAt);

    /// @notice The digest that the patient signs: the grant's id.
    /// @param g The grant.
    /// @return id Its EIP-712 digest.
    function grantId(Grant calldata g) external view returns (bytes32 id);
}
