// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../Signatures.sol";
import {IConsents} from "./IConsents.sol";
import {IRecords} from "./IRecords.sol";

/// @title Many grants, or many anchors, at one time and place
/// @notice A Merkle root gives the acts under it the block in which it came. Each act stays what its signers signed: it
/// is proved by itself, and a grant is revoked by itself, in the consents contract.
/// @dev Anyone may post a root, once for each kind. The first time counts; a root can only be posted whole, so whoever
/// posts another's root does what was wanted. A leaf is hashed twice and holds the signatures: what lies under a root
/// was signed before it. Trees sort each pair, as OpenZeppelin's MerkleProof wants it.
///
/// WARNINGS
/// - A root says nothing about what lies under it: without an act's proof nobody can tell that it is there. Whoever
/// posts a batch hands each act's proof to its signers, or the act is lost.
/// - Nothing under a root was checked when it came. Only the views below check: with one refusal the act counts for nothing.
/// - An anchor's former version is not looked up: its reader proves that one in the same way.
/// - The consents contract does not know of a batched grant. To log an access on the ledger, submit the grant there too.
interface IBatches {
    /// @notice Grants came to the ledger under this root.
    event GrantsBatched(bytes32 indexed root);
    /// @notice Anchors came to the ledger under this root.
    event AnchorsBatched(bytes32 indexed root);

    /// @notice The root is zero.
    error InvalidRoot();
    /// @notice This root was posted already, for this kind of act.
    error AlreadyBatched(bytes32 root);
    /// @notice Nobody posted this root for this kind of act.
    error UnknownBatch(bytes32 root);
    /// @notice The act does not lie under this root.
    error NotIncluded(bytes32 leaf, bytes32 root);
    /// @notice The act was already too late when the root came.
    error BatchedTooLate(uint256 deadline);
    /// @notice The grant's period was empty or over when the root came.
    error InvalidBatchedPeriod(uint64 notBefore, uint64 notAfter);
    /// @notice The organization was not accredited at the root's block.
    error NotAccreditedThen(bytes32 id, uint256 blockNumber);

    /// @notice Puts grants on the ledger. Reverts with `InvalidRoot` or `AlreadyBatched`.
    /// @param root Over leaves as `grantLeaf` makes them.
    function grantBatch(bytes32 root) external;

    /// @notice Puts anchors on the ledger. Reverts with `InvalidRoot` or `AlreadyBatched`.
    /// @param root Over leaves as `anchorLeaf` makes them.
    function anchorBatch(bytes32 root) external;

    /// @notice When a root of grants came; both zero if it did not.
    /// @param root The root.
    /// @return blockNumber Its block.
    /// @return timestamp The block's time in Unix seconds.
    function grantBatchOf(bytes32 root) external view returns (uint64 blockNumber, uint64 timestamp);

    /// @notice When a root of anchors came; both zero if it did not.
    /// @param root The root.
    /// @return blockNumber Its block.
    /// @return timestamp The block's time in Unix seconds.
    function anchorBatchOf(bytes32 root) external view returns (uint64 blockNumber, uint64 timestamp);

    /// @notice Everything about a batched grant at once: signature, inclusion, deadline, the grantee's accreditation at
    /// the root's block, and whether it was revoked.
    /// @dev Reverts with `UnknownBatch`, `NotIncluded`, `BatchedTooLate`, `InvalidBatchedPeriod`, `NotAccreditedThen` or
    /// `InvalidSignature`.
    /// @param g The grant.
    /// @param signature The patient's, over the grant.
    /// @param root The root under which it came.
    /// @param proof The way from its leaf to the root.
    /// @return grantedAt When it came to the ledger, in Unix seconds.
    /// @return revokedAt When the patient revoked it, before or after; zero if not.
    function grantStateOf(
        IConsents.Grant calldata g,
        Signature calldata signature,
        bytes32 root,
        bytes32[] calldata proof
    ) external view returns (uint64 grantedAt, uint64 revokedAt);

    /// @notice Whether a batched grant has begun, is not over and not revoked, at this block's time.
    /// @dev Reverts as `grantStateOf` does.
    /// @param g The grant.
    /// @param signature The patient's, over the grant.
    /// @param root The root under which it came.
    /// @param proof The way from its leaf to the root.
    /// @return Whether it is active.
    function isGrantActive(
        IConsents.Grant calldata g,
        Signature calldata signature,
        bytes32 root,
        bytes32[] calldata proof
    ) external view returns (bool);

    /// @notice Everything about a batched anchor at once: both signatures, inclusion, deadlines, and the author's
    /// accreditation at the root's block.
    /// @dev Reverts with `UnknownBatch`, `NotIncluded`, `BatchedTooLate`, `NotAccreditedThen`, `InvalidSignature`, or
    /// `InvalidCommitment` of the records contract.
    /// @param a The author's claim.
    /// @param author The organization that wrote the record.
    /// @param authorSignature By the signer that was registered at the root's block, over the claim.
    /// @param acceptanceDeadline Until when the patient's acceptance could come to the ledger.
    /// @param acceptanceSignature The subject's, over the acceptance.
    /// @param root The root under which it came.
    /// @param proof The way from its leaf to the root.
    /// @return blockNumber The root's block.
    /// @return timestamp The block's time in Unix seconds.
    function anchorPlaceOf(
        IRecords.Anchor calldata a,
        bytes32 author,
        Signature calldata authorSignature,
        uint256 acceptanceDeadline,
        Signature calldata acceptanceSignature,
        bytes32 root,
        bytes32[] calldata proof
    ) external view returns (uint64 blockNumber, uint64 timestamp);

    /// @notice A grant's leaf: keccak256(keccak256(abi.encode(grant's id, v, r, s))).
    /// @param id The grant's digest.
    /// @param signature The patient's.
    /// @return leaf The leaf.
    function grantLeaf(bytes32 id, Signature calldata signature) external pure returns (bytes32 leaf);

    /// @notice An anchor's leaf: keccak256(keccak256(abi.encode(anchor's digest, author, v, r, s, acceptance's deadline,
    /// v, r, s))).
    /// @param digest The anchor's digest.
    /// @param author The organization that wrote the record.
    /// @param authorSignature The author's.
    /// @param acceptanceDeadline The acceptance's.
    /// @param acceptanceSignature The subject's.
    /// @return leaf The leaf.
    function anchorLeaf(
        bytes32 digest,
        bytes32 author,
        Signature calldata authorSignature,
        uint256 acceptanceDeadline,
        Signature calldata acceptanceSignature
    ) external pure returns (bytes32 leaf);
}
