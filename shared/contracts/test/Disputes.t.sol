// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {Disputes} from "../Disputes.sol";
import {IDisputes} from "../interfaces/IDisputes.sol";
import {Signature} from "../Signatures.sol";
import {Base} from "./Base.sol";

contract DisputesTest is Base {
    bytes32 internal constant COMMITMENT = keccak256("statement");
    address internal constant ADJUDICATOR = address(0xAD1);
    Disputes internal disputes;

    function setUp() public override {
        super.setUp();
        disputes = new Disputes(accreditation);
        bytes32 role = disputes.ADJUDICATOR_ROLE();
        vm.prank(ADMIN);
        accreditation.grantRole(role, ADJUDICATOR);
    }

    function _disputes(
        uint256 key,
        IDisputes.Reason reason,
        bytes32 reasonHash,
        uint256 deadline
    ) internal view returns (Signature memory) {
        bytes32 typeHash = keccak256(
            "Dispute(bytes32 commitment,uint8 reason,bytes32 reasonHash,uint256 deadline)"
        );
        bytes32 structHash = keccak256(abi.encode(typeHash, COMMITMENT, reason, reasonHash, deadline));
        return _sign(key, _digest("Carekey Disputes", address(disputes), structHash));
    }

    function _buries(uint256 key, bytes32 commitment, uint256 deadline) internal view returns (Signature memory) {
        bytes32 typeHash = keccak256("Tombstone(bytes32 commitment,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, commitment, deadline));
        return _sign(key, _digest("Carekey Disputes", address(disputes), structHash));
    }

    function _dispute() internal {
        Signature memory signature = _disputes(PATIENT_KEY, IDisputes.Reason.NotCorrect, "words", NOW);
        disputes.dispute(patient, COMMITMENT, IDisputes.Reason.NotCorrect, "words", NOW, signature);
    }

    function _resolve(bool upheld) internal {
        vm.prank(ADJUDICATOR);
        disputes.resolve(patient, COMMITMENT, upheld, "findings");
    }

    function testFuzz_disputesAndIsAnsweredOnce(address submitter, uint8 number, bytes32 words, bool upheld) public {
        IDisputes.Reason reason = IDisputes.Reason(1 + (number % 5));
        Signature memory signature = _disputes(PATIENT_KEY, reason, words, NOW);
        vm.expectEmit();
        emit IDisputes.Disputed(COMMITMENT, patient, reason, words);
        vm.prank(submitter);
        disputes.dispute(patient, COMMITMENT, reason, words, NOW, signature);
        IDisputes.Case memory kept = disputes.disputeOf(patient, COMMITMENT);
        require(kept.status == IDisputes.Status.Open && kept.reason == reason, "open");
        require(kept.disputedAt == NOW && kept.resolvedAt == 0 && kept.tombstonedAt == 0, "times");
        vm.warp(NOW + 1 days);
        vm.expectEmit();
        emit IDisputes.Resolved(COMMITMENT, patient, upheld, "findings");
        _resolve(upheld);
        kept = disputes.disputeOf(patient, COMMITMENT);
        require(kept.status == (upheld ? IDisputes.Status.Upheld : IDisputes.Status.Dismissed), "answered");
        require(kept.disputedAt == NOW && kept.resolvedAt == NOW + 1 days, "times");
        _refuse(abi.encodeWithSelector(IDisputes.DisputeNotOpen.selector, COMMITMENT));
        _resolve(!upheld);
        signature = _disputes(PATIENT_KEY, reason, words, NOW + 2 days);
        _refuse(abi.encodeWithSelector(IDisputes.AlreadyDisputed.selector, COMMITMENT));
        disputes.dispute(patient, COMMITMENT, reason, words, NOW + 2 days, signature);
    }

    function testFuzz_refusesADisputeThatIsLateOrSaysNothing(uint256 deadline) public {
        deadline %= NOW;
        IDisputes.Reason reason = IDisputes.Reason.Other;
        Signature memory signature = _disputes(PATIENT_KEY, reason, 0, deadline);
        _refuse(abi.encodeWithSelector(IDisputes.DeadlinePassed.selector, deadline));
        disputes.dispute(patient, COMMITMENT, reason, 0, deadline, signature);
        bytes memory invalid = abi.encodeWithSelector(IDisputes.InvalidDispute.selector);
        signature = _disputes(PATIENT_KEY, IDisputes.Reason.None, 0, NOW);
        _refuse(invalid);
        disputes.dispute(patient, COMMITMENT, IDisputes.Reason.None, 0, NOW, signature);
        _refuse(invalid);
        disputes.dispute(patient, 0, reason, 0, NOW, signature);
    }

    function testFuzz_refusesADisputeByAnotherKeyOrAltered(uint128 key, uint8 field, bytes32 other) public {
        vm.assume(key != 0 && key != PATIENT_KEY && other != 0 && other != COMMITMENT);
        IDisputes.Reason reason = IDisputes.Reason.NotMine;
        Signature memory signature = _disputes(key, reason, 0, NOW);
        _refuseSignature(patient);
        disputes.dispute(patient, COMMITMENT, reason, 0, NOW, signature);
        signature = _disputes(PATIENT_KEY, reason, 0, NOW);
        field %= 4;
        _refuseSignature(patient);
        if (field == 0) disputes.dispute(patient, other, reason, 0, NOW, signature);
        if (field == 1) disputes.dispute(patient, COMMITMENT, IDisputes.Reason.Other, 0, NOW, signature);
        if (field == 2) disputes.dispute(patient, COMMITMENT, reason, other, NOW, signature);
        if (field == 3) disputes.dispute(patient, COMMITMENT, reason, 0, NOW + 1, signature);
    }

    function testFuzz_aStrangersDisputeTouchesNothingOfThePatients(uint128 key) public {
        vm.assume(key != 0 && key != PATIENT_KEY);
        Signature memory signature = _disputes(key, IDisputes.Reason.Other, 0, NOW);
        disputes.dispute(vm.addr(key), COMMITMENT, IDisputes.Reason.Other, 0, NOW, signature);
        require(disputes.disputeOf(patient, COMMITMENT).status == IDisputes.Status.None, "untouched");
        _refuse(abi.encodeWithSelector(IDisputes.DisputeNotOpen.selector, COMMITMENT));
        _resolve(true);
    }

    function testFuzz_nobodyButAnAdjudicatorAnswers(address caller) public {
        vm.assume(caller != ADJUDICATOR);
        _dispute();
        bytes32 role = disputes.ADJUDICATOR_ROLE();
        _refuse(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role));
        vm.prank(caller);
        disputes.resolve(patient, COMMITMENT, true, 0);
        require(role == keccak256("ADJUDICATOR_ROLE"), "role");
    }

    function testFuzz_setsATombstoneOnceBesideADispute(address submitter, bool disputed) public {
        if (disputed) _dispute();
        vm.warp(NOW + 1);
        Signature memory signature = _buries(PATIENT_KEY, COMMITMENT, NOW + 1);
        vm.expectEmit();
        emit IDisputes.Tombstoned(COMMITMENT, patient);
        vm.prank(submitter);
        disputes.tombstone(patient, COMMITMENT, NOW + 1, signature);
        require(disputes.tombstoneOf(patient, COMMITMENT) == NOW + 1, "time");
        IDisputes.Status status = disputes.disputeOf(patient, COMMITMENT).status;
        require(status == (disputed ? IDisputes.Status.Open : IDisputes.Status.None), "dispute untouched");
        _refuse(abi.encodeWithSelector(IDisputes.AlreadyTombstoned.selector, COMMITMENT));
        disputes.tombstone(patient, COMMITMENT, NOW + 1, signature);
    }

    function testFuzz_refusesATombstoneThatIsLateOrByAnyoneElseOrAltered(uint128 key, bytes32 other) public {
        vm.assume(key != 0 && key != PATIENT_KEY && other != COMMITMENT);
        Signature memory signature = _buries(PATIENT_KEY, COMMITMENT, NOW - 1);
        _refuse(abi.encodeWithSelector(IDisputes.DeadlinePassed.selector, NOW - 1));
        disputes.tombstone(patient, COMMITMENT, NOW - 1, signature);
        signature = _buries(key, COMMITMENT, NOW);
        _refuseSignature(patient);
        disputes.tombstone(patient, COMMITMENT, NOW, signature);
        signature = _buries(PATIENT_KEY, COMMITMENT, NOW);
        _refuseSignature(patient);
        disputes.tombstone(patient, other, NOW, signature);
        _refuseSignature(patient);
        disputes.tombstone(patient, COMMITMENT, NOW + 1, signature);
        vm.chainId(4242);
        _refuseSignature(patient);
        disputes.tombstone(patient, COMMITMENT, NOW, signature);
    }
}
