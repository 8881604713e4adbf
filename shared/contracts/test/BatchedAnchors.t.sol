// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBatches} from "../interfaces/IBatches.sol";
import {IRecords} from "../interfaces/IRecords.sol";
import {BatchesBase} from "./BatchesBase.sol";

contract BatchedAnchorsTest is BatchesBase {
    function testFuzz_provesEachAnchorUnderItsRoot(address submitter, uint8 place, bytes32 noise) public {
        AcceptedAnchor memory x = _anchored();
        (bytes32 root, bytes32[] memory proof) = _tree(_anchorLeaf(x), place, noise);
        vm.expectEmit();
        emit IBatches.AnchorsBatched(root);
        vm.prank(submitter);
        batches.anchorBatch(root);
        vm.warp(NOW + 700 days);
        vm.roll(900);
        (uint64 blockNumber, uint64 timestamp) = _placeOf(x, root, proof);
        require(blockNumber == 100 && timestamp == NOW, "place");
    }

    function testFuzz_refusesAnAnchorAlteredInAnyField(uint8 field, bytes32 other) public {
        AcceptedAnchor memory x = _anchored();
        (bytes32 root, bytes32[] memory proof) = _batchedAnchor(x);
        bytes32 leaf = _anchorLeaf(x);
        field %= 8;
        if (field == 0) x.a.commitment = other;
        if (field == 1) x.a.subject = address(uint160(uint256(other)));
        if (field == 2) x.a.previous = other;
        if (field == 3) x.a.deadline = uint256(other);
        if (field == 4) x.author = other;
        if (field == 5) x.deadline = uint256(other);
        if (field == 6) x.authors.r = other;
        if (field == 7) x.accepts.s = other;
        vm.assume(_anchorLeaf(x) != leaf);
        _refuse(abi.encodeWithSelector(IBatches.NotIncluded.selector, _anchorLeaf(x), root));
        _placeOf(x, root, proof);
    }

    function testFuzz_refusesAnAnchorWhoseEitherDeadlinePassed(uint256 first, uint256 second) public {
        AcceptedAnchor memory x = _anchored();
        (x.a.deadline, x.deadline) = (first, second);
        _signAnchor(x, ST_BRIGID_KEY);
        (bytes32 root, bytes32[] memory proof) = _batchedAnchor(x);
        if (first < NOW) _refuse(abi.encodeWithSelector(IBatches.BatchedTooLate.selector, first));
        else if (second < NOW) _refuse(abi.encodeWithSelector(IBatches.BatchedTooLate.selector, second));
        _placeOf(x, root, proof);
        x.a.deadline = NOW + 1;
        x.deadline = second % NOW;
        if (first == NOW + 1 && second < NOW) return;
        _signAnchor(x, ST_BRIGID_KEY);
        (root, proof) = _batchedAnchor(x);
        _refuse(abi.encodeWithSelector(IBatches.BatchedTooLate.selector, x.deadline));
        _placeOf(x, root, proof);
    }

    function test_refusesAZeroCommitment() public {
        AcceptedAnchor memory x = _anchored();
        x.a.commitment = 0;
        _signAnchor(x, ST_BRIGID_KEY);
        (bytes32 root, bytes32[] memory proof) = _batchedAnchor(x);
        _refuse(abi.encodeWithSelector(IRecords.InvalidCommitment.selector));
        _placeOf(x, root, proof);
    }

    function testFuzz_refusesAnAnchorByAnyKeyButTheAuthorsThen(uint128 key) public {
        vm.assume(key != 0 && key != ST_BRIGID_KEY);
        AcceptedAnchor memory x = _anchored();
        _signAnchor(x, key);
        (bytes32 root, bytes32[] memory proof) = _batchedAnchor(x);
        _refuseSignature(vm.addr(ST_BRIGID_KEY));
        _placeOf(x, root, proof);
    }

    function test_refusesAnAuthorSuspendedAtTheRootsBlock() public {
        _suspend(ST_BRIGID);
        AcceptedAnchor memory x = _anchored();
        (bytes32 root, bytes32[] memory proof) = _batchedAnchor(x);
        _refuse(abi.encodeWithSelector(IBatches.NotAccreditedThen.selector, ST_BRIGID, 100));
        _placeOf(x, root, proof);
    }

    function testFuzz_refusesAnAcceptanceByAnotherSubject(address subject) public {
        vm.assume(subject != patient);
        AcceptedAnchor memory x = _anchored();
        x.a.subject = subject;
        _signAnchor(x, ST_BRIGID_KEY);
        (bytes32 root, bytes32[] memory proof) = _batchedAnchor(x);
        _refuseSignature(subject);
        _placeOf(x, root, proof);
    }
}
