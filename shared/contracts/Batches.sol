// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IAccreditation} from "./interfaces/IAccreditation.sol";
import {IBatches} from "./interfaces/IBatches.sol";
import {IConsents} from "./interfaces/IConsents.sol";
import {IRecords} from "./interfaces/IRecords.sol";
import {Signature, Signatures} from "./Signatures.sol";

/// @title Batches
/// @dev The interface is the manual.
contract Batches is IBatches {
    /// @dev One slot, written once.
    struct Place {
        uint64 blockNumber;
        uint64 timestamp;
    }

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant ACCEPTANCE_TYPEHASH =
        keccak256("Acceptance(bytes32 anchor,bytes32 author,uint256 deadline)");

    /// @notice The registry that says who was accredited.
    IAccreditation public immutable ACCREDITATION;
    /// @notice Where grants are revoked, and whose domain they are signed in.
    IConsents public immutable CONSENTS;
    /// @notice Whose domain anchors are signed in.
    IRecords public immutable RECORDS;

    mapping(bytes32 root => Place) private _grantBatches;
    mapping(bytes32 root => Place) private _anchorBatches;

    /// @param accreditation The registry that says who was accredited.
    /// @param consents Where grants are revoked.
    /// @param records Whose domain anchors are signed in.
    constructor(IAccreditation accreditation, IConsents consents, IRecords records) {
        ACCREDITATION = accreditation;
        CONSENTS = consents;
        RECORDS = records;
    }

    /// @inheritdoc IBatches
    function grantBatch(bytes32 root) external {
        _post(_grantBatches, root);
        emit GrantsBatched(root);
    }

    /// @inheritdoc IBatches
    function anchorBatch(bytes32 root) external {
        _post(_anchorBatches, root);
        emit AnchorsBatched(root);
    }

    /// @inheritdoc IBatches
    function grantBatchOf(bytes32 root) external view returns (uint64 blockNumber, uint64 timestamp) {
        return (_grantBatches[root].blockNumber, _grantBatches[root].timestamp);
    }

    /// @inheritdoc IBatches
    function anchorBatchOf(bytes32 root) external view returns (uint64 blockNumber, uint64 timestamp) {
        return (_anchorBatches[root].blockNumber, _anchorBatches[root].timestamp);
    }

    /// @inheritdoc IBatches
    function isGrantActive(
        IConsents.Grant calldata g,
        Signature calldata signature,
        bytes32 root,
        bytes32[] calldata proof
    ) external view returns (bool) {
        (, uint64 revokedAt) = grantStateOf(g, signature, root, proof);
        return revokedAt == 0 && g.notBefore <= block.timestamp && block.timestamp < g.notAfter;
    }

    /// @inheritdoc IBatches
    function anchorPlaceOf(
        IRecords.Anchor calldata a,
        bytes32 author,
        Signature calldata authorSignature,
        uint256 acceptanceDeadline,
        Signature calldata acceptanceSignature,
        bytes32 root,
        bytes32[] calldata proof
    ) external view returns (uint64 blockNumber, uint64 timestamp) {
        bytes32 digest = RECORDS.anchorDigest(a);
        Place memory place = _find(
            _anchorBatches,
            root,
            proof,
            anchorLeaf(digest, author, authorSignature, acceptanceDeadline, acceptanceSignature)
        );
        if (a.commitment == 0) revert IRecords.InvalidCommitment();
        if (place.timestamp > a.deadline) revert BatchedTooLate(a.deadline);
        if (place.timestamp > acceptanceDeadline) revert BatchedTooLate(acceptanceDeadline);
        Signatures.check(digest, authorSignature, _signerThen(author, place));
        bytes32 accepted = Signatures.hash(ACCEPTANCE_TYPEHASH, digest, author, bytes32(acceptanceDeadline));
        Signatures.check(_recordsDigest(accepted), acceptanceSignature, a.subject);
        return (place.blockNumber, place.timestamp);
    }

    /// @inheritdoc IBatches
    function grantStateOf(
        IConsents.Grant calldata g,
        Signature calldata signature,
        bytes32 root,
        bytes32[] calldata proof
    ) public view returns (uint64 grantedAt, uint64 revokedAt) {
        bytes32 id = CONSENTS.grantId(g);
        Place memory place = _find(_grantBatches, root, proof, grantLeaf(id, signature));
        if (place.timestamp > g.deadline) revert BatchedTooLate(g.deadline);
        if (g.notBefore >= g.notAfter || g.notAfter <= place.timestamp) {
            revert InvalidBatchedPeriod(g.notBefore, g.notAfter);
        }
        _signerThen(g.grantee, place);
        Signatures.check(id, signature, g.patient);
        (, , , revokedAt) = CONSENTS.stateOf(g.patient, id);
        return (place.timestamp, revokedAt);
    }

    /// @inheritdoc IBatches
    function grantLeaf(bytes32 id, Signature calldata signature) public pure returns (bytes32 leaf) {
        return _leaf(abi.encode(id, signature));
    }

    /// @inheritdoc IBatches
    function anchorLeaf(
        bytes32 digest,
        bytes32 author,
        Signature calldata authorSignature,
        uint256 acceptanceDeadline,
        Signature calldata acceptanceSignature
    ) public pure returns (bytes32 leaf) {
        return _leaf(abi.encode(digest, author, authorSignature, acceptanceDeadline, acceptanceSignature));
    }

    function _post(mapping(bytes32 root => Place) storage batches, bytes32 root) private {
        if (root == 0) revert InvalidRoot();
        if (batches[root].blockNumber != 0) revert AlreadyBatched(root);
        batches[root] = Place(uint64(block.number), uint64(block.timestamp));
    }

    function _find(
        mapping(bytes32 root => Place) storage batches,
        bytes32 root,
        bytes32[] calldata proof,
        bytes32 leaf
    ) private view returns (Place memory place) {
        place = batches[root];
        if (place.blockNumber == 0) revert UnknownBatch(root);
        if (!MerkleProof.verifyCalldata(proof, root, leaf)) revert NotIncluded(leaf, root);
    }

    function _signerThen(bytes32 id, Place memory place) private view returns (address signer) {
        uint64 validFrom;
        uint64 validUntil;
        bool suspended;
        (signer, validFrom, validUntil, suspended) = ACCREDITATION.accreditationAt(id, place.blockNumber);
        // Nobody registered is a validity from zero to zero.
        if (suspended || place.timestamp < validFrom || place.timestamp >= validUntil) {
            revert NotAccreditedThen(id, place.blockNumber);
        }
    }

    function _recordsDigest(bytes32 structHash) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                DOMAIN_TYPEHASH,
                keccak256("Carekey Records"),
                keccak256("1"),
                block.chainid,
                address(RECORDS)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    /// @dev Hashed twice, so that no inner node of a tree can be taken for a leaf.
    function _leaf(bytes memory act) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(act)));
    }
}
