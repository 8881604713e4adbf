// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBatches} from "../interfaces/IBatches.sol";
import {IConsents} from "../interfaces/IConsents.sol";
import {Signature} from "../Signatures.sol";
import {BatchesBase} from "./BatchesBase.sol";

contract BatchedGrantsTest is BatchesBase {
    function testFuzz_provesEachGrantUnderItsRoot(address submitter, uint8 place, bytes32 noise, uint32 later) public {
        IConsents.Grant memory g = _grant();
        Signature memory s = _signGrant(g);
        (bytes32 root, bytes32[] memory proof) = _tree(_leafOf(g, s), place, noise);
        vm.expectEmit();
        emit IBatches.GrantsBatched(root);
        vm.prank(submitter);
        batches.grantBatch(root);
        vm.warp(NOW + later);
        (uint64 grantedAt, uint64 revokedAt) = batches.grantStateOf(g, s, root, proof);
        require(grantedAt == NOW && revokedAt == 0, "state");
        require(batches.isGrantActive(g, s, root, proof) == (later < 1 days), "active");
        (uint64 blockNumber, uint64 timestamp) = batches.grantBatchOf(root);
        require(blockNumber == 100 && timestamp == NOW, "place");
        (blockNumber, timestamp) = batches.anchorBatchOf(root);
        require(blockNumber == 0 && timestamp == 0, "the other kind");
    }

    function test_aBatchOfOneNeedsNoProof() public {
        IConsents.Grant memory g = _grant();
        Signature memory s = _signGrant(g);
        batches.grantBatch(_leafOf(g, s));
        require(batches.isGrantActive(g, s, _leafOf(g, s), new bytes32[](0)), "active");
    }

    function test_aBatchedGrantIsNotActiveBeforeItBegins() public {
        IConsents.Grant memory g = _grant();
        g.notBefore = uint64(NOW + 10);
        Signature memory s = _signGrant(g);
        (bytes32 root, bytes32[] memory proof) = _batched(g, s);
        require(!batches.isGrantActive(g, s, root, proof), "early");
        vm.warp(NOW + 10);
        require(batches.isGrantActive(g, s, root, proof), "begun");
    }

    function testFuzz_eachGrantIsRevokedByItself(bool before) public {
        IConsents.Grant memory g = _grant();
        IConsents.Grant memory other = _grant();
        other.scopeHash = "other";
        (Signature memory s, Signature memory otherS) = (_signGrant(g), _signGrant(other));
        (bytes32 leaf, bytes32 otherLeaf) = (_leafOf(g, s), _leafOf(other, otherS));
        if (before) _revoke(_grantDigest(address(consents), g));
        batches.grantBatch(_pair(leaf, otherLeaf));
        if (!before) _revoke(_grantDigest(address(consents), g));
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = otherLeaf;
        (, uint64 revokedAt) = batches.grantStateOf(g, s, _pair(leaf, otherLeaf), proof);
        require(revokedAt == NOW, "revoked");
        require(!batches.isGrantActive(g, s, _pair(leaf, otherLeaf), proof), "inactive");
        proof[0] = leaf;
        require(batches.isGrantActive(other, otherS, _pair(leaf, otherLeaf), proof), "the other lives");
    }

    function test_refusesAZeroRoot() public {
        _refuse(abi.encodeWithSelector(IBatches.InvalidRoot.selector));
        batches.grantBatch(0);
        _refuse(abi.encodeWithSelector(IBatches.InvalidRoot.selector));
        batches.anchorBatch(0);
    }

    function testFuzz_refusesTheSameRootTwiceAndKeepsItsFirstTime(bytes32 root, uint32 later) public {
        vm.assume(root != 0);
        batches.grantBatch(root);
        vm.warp(NOW + later);
        vm.roll(200);
        _refuse(abi.encodeWithSelector(IBatches.AlreadyBatched.selector, root));
        batches.grantBatch(root);
        batches.anchorBatch(root);
        _refuse(abi.encodeWithSelector(IBatches.AlreadyBatched.selector, root));
        batches.anchorBatch(root);
        (uint64 blockNumber, uint64 timestamp) = batches.grantBatchOf(root);
        require(blockNumber == 100 && timestamp == NOW, "first time");
        (blockNumber, timestamp) = batches.anchorBatchOf(root);
        require(blockNumber == 200 && timestamp == NOW + later, "its own time");
    }

    function test_refusesARootThatNobodyPostedOrPostedForTheOtherKind() public {
        IConsents.Grant memory g = _grant();
        Signature memory s = _signGrant(g);
        (bytes32 root, bytes32[] memory proof) = _tree(_leafOf(g, s), 0, 0);
        batches.anchorBatch(root);
        _refuse(abi.encodeWithSelector(IBatches.UnknownBatch.selector, root));
        batches.grantStateOf(g, s, root, proof);
        AcceptedAnchor memory x = _anchored();
        (root, proof) = _tree(_anchorLeaf(x), 0, 0);
        batches.grantBatch(root);
        _refuse(abi.encodeWithSelector(IBatches.UnknownBatch.selector, root));
        _placeOf(x, root, proof);
    }

    function testFuzz_refusesAGrantAlteredInAnyField(uint8 field, bytes32 other) public {
        IConsents.Grant memory g = _grant();
        Signature memory s = _signGrant(g);
        (bytes32 root, bytes32[] memory proof) = _batched(g, s);
        bytes32 leaf = _leafOf(g, s);
        field %= 9;
        if (field == 0) g.patient = address(uint160(uint256(other)));
        if (field == 1) g.grantee = other;
        if (field == 2) g.purpose = other;
        if (field == 3) g.notBefore = uint64(uint256(other));
        if (field == 4) g.notAfter = uint64(uint256(other));
        if (field == 5) g.scopeHash = other;
        if (field == 6) g.deadline = uint256(other);
        if (field == 7) s.r = other;
        if (field == 8) s.s = other;
        vm.assume(_leafOf(g, s) != leaf);
        _refuse(abi.encodeWithSelector(IBatches.NotIncluded.selector, _leafOf(g, s), root));
        batches.grantStateOf(g, s, root, proof);
    }

    function testFuzz_refusesAnotherProof(bytes32 other, uint8 index) public {
        IConsents.Grant memory g = _grant();
        Signature memory s = _signGrant(g);
        (bytes32 root, bytes32[] memory proof) = _batched(g, s);
        vm.assume(proof[index % 2] != other);
        proof[index % 2] = other;
        _refuse(abi.encodeWithSelector(IBatches.NotIncluded.selector, _leafOf(g, s), root));
        batches.isGrantActive(g, s, root, proof);
    }

    function test_refusesEveryMalformedSignatureEvenIfItLiesUnderARoot() public {
        IConsents.Grant memory g = _grant();
        Signature[] memory forms = _malformed(_signGrant(g));
        for (uint256 i = 0; i < forms.length; ++i) {
            bytes32 leaf = _leafOf(g, forms[i]);
            (uint64 known, ) = batches.grantBatchOf(leaf);
            if (known == 0) batches.grantBatch(leaf);
            _refuseSignature(patient);
            batches.grantStateOf(g, forms[i], leaf, new bytes32[](0));
        }
    }

    function testFuzz_refusesAGrantWhoseDeadlinePassedBeforeItsRoot(uint256 deadline) public {
        IConsents.Grant memory g = _grant();
        g.deadline = deadline;
        Signature memory s = _signGrant(g);
        (bytes32 root, bytes32[] memory proof) = _batched(g, s);
        if (deadline < NOW) _refuse(abi.encodeWithSelector(IBatches.BatchedTooLate.selector, deadline));
        batches.grantStateOf(g, s, root, proof);
    }

    function testFuzz_refusesAPeriodThatIsEmptyOrWasOver(uint64 from, uint64 until) public {
        IConsents.Grant memory g = _grant();
        (g.notBefore, g.notAfter) = (from, until);
        Signature memory s = _signGrant(g);
        (bytes32 root, bytes32[] memory proof) = _batched(g, s);
        if (from >= until || until <= NOW) {
            _refuse(abi.encodeWithSelector(IBatches.InvalidBatchedPeriod.selector, from, until));
        }
        batches.grantStateOf(g, s, root, proof);
    }

    function test_asksForTheAccreditationAtTheRootsBlock() public {
        IConsents.Grant memory g = _grant();
        Signature memory s = _signGrant(g);
        (bytes32 root, bytes32[] memory proof) = _batched(g, s);
        vm.roll(101);
        _suspend(LINDQVIST);
        require(batches.isGrantActive(g, s, root, proof), "suspended later");
        vm.roll(102);
        g.scopeHash = "later";
        s = _signGrant(g);
        (root, proof) = _batched(g, s);
        _refuse(abi.encodeWithSelector(IBatches.NotAccreditedThen.selector, LINDQVIST, 102));
        batches.grantStateOf(g, s, root, proof);
    }

    function testFuzz_refusesAGranteeOutsideItsValidityOrUnknown(bytes32 unknown, uint40 time) public {
        vm.assume(unknown != ST_BRIGID && unknown != LINDQVIST);
        vm.warp(time);
        IConsents.Grant memory g = _grant();
        (g.notAfter, g.deadline) = (type(uint64).max, type(uint256).max);
        Signature memory s = _signGrant(g);
        (bytes32 root, bytes32[] memory proof) = _batched(g, s);
        if (time < NOW - 1 days || time >= NOW + 365 days) {
            _refuse(abi.encodeWithSelector(IBatches.NotAccreditedThen.selector, LINDQVIST, 100));
        }
        batches.grantStateOf(g, s, root, proof);
        g.grantee = unknown;
        s = _signGrant(g);
        (root, proof) = _batched(g, s);
        _refuse(abi.encodeWithSelector(IBatches.NotAccreditedThen.selector, unknown, 100));
        batches.grantStateOf(g, s, root, proof);
    }

    function testFuzz_refusesAGrantSignedForAnotherChain(uint64 chain) public {
        vm.assume(chain != 0 && chain != HOME_CHAIN);
        IConsents.Grant memory g = _grant();
        Signature memory s = _signGrant(g);
        vm.chainId(chain);
        (bytes32 root, bytes32[] memory proof) = _batched(g, s);
        _refuseSignature(patient);
        batches.grantStateOf(g, s, root, proof);
    }
}
