// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Batches} from "../Batches.sol";
import {IConsents} from "../interfaces/IConsents.sol";
import {IRecords} from "../interfaces/IRecords.sol";
import {Signature} from "../Signatures.sol";
import {ConsentsBase} from "./ConsentsBase.sol";

/// @dev Trees of four over noise, and how grants and anchors lie under them.
abstract contract BatchesBase is ConsentsBase {
    Batches internal batches;

    struct AcceptedAnchor {
        IRecords.Anchor a;
        bytes32 author;
        Signature authors;
        uint256 deadline;
        Signature accepts;
    }

    function setUp() public override {
        super.setUp();
        batches = new Batches(accreditation, consents, records);
    }

    function _pair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encodePacked(a, b)) : keccak256(abi.encodePacked(b, a));
    }

    /// @dev A tree of four with this leaf in the given place; the others are noise.
    function _tree(
        bytes32 leaf,
        uint256 place,
        bytes32 noise
    ) internal pure returns (bytes32 root, bytes32[] memory proof) {
        proof = new bytes32[](2);
        proof[0] = keccak256(abi.encode(noise, place % 4));
        proof[1] = keccak256(abi.encode(noise, "other half"));
        root = _pair(_pair(leaf, proof[0]), proof[1]);
    }

    function _leafOf(IConsents.Grant memory g, Signature memory s) internal view returns (bytes32) {
        bytes32 id = _grantDigest(address(consents), g);
        return keccak256(bytes.concat(keccak256(abi.encode(id, s.v, s.r, s.s))));
    }

    function _batched(
        IConsents.Grant memory g,
        Signature memory s
    ) internal returns (bytes32 root, bytes32[] memory proof) {
        (root, proof) = _tree(_leafOf(g, s), 1, "noise");
        batches.grantBatch(root);
    }

    function _anchored() internal view returns (AcceptedAnchor memory x) {
        x.a = IRecords.Anchor(keccak256("statement"), patient, 0, NOW + 1 hours);
        x.author = ST_BRIGID;
        x.deadline = NOW + 2 hours;
        _signAnchor(x, ST_BRIGID_KEY);
    }

    function _signAnchor(AcceptedAnchor memory x, uint256 authorKey) internal view {
        bytes32 typeHash = keccak256("Anchor(bytes32 commitment,address subject,bytes32 previous,uint256 deadline)");
        bytes32 digest = _digest("Carekey Records", address(records), keccak256(abi.encode(typeHash, x.a)));
        x.authors = _sign(authorKey, digest);
        typeHash = keccak256("Acceptance(bytes32 anchor,bytes32 author,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, digest, x.author, x.deadline));
        x.accepts = _sign(PATIENT_KEY, _digest("Carekey Records", address(records), structHash));
    }

    function _anchorLeaf(AcceptedAnchor memory x) internal view returns (bytes32) {
        return batches.anchorLeaf(records.anchorDigest(x.a), x.author, x.authors, x.deadline, x.accepts);
    }

    function _batchedAnchor(AcceptedAnchor memory x) internal returns (bytes32 root, bytes32[] memory proof) {
        (root, proof) = _tree(_anchorLeaf(x), 2, "noise");
        batches.anchorBatch(root);
    }

    function _placeOf(
        AcceptedAnchor memory x,
        bytes32 root,
        bytes32[] memory proof
    ) internal view returns (uint64 blockNumber, uint64 timestamp) {
        return batches.anchorPlaceOf(x.a, x.author, x.authors, x.deadline, x.accepts, root, proof);
    }
}
