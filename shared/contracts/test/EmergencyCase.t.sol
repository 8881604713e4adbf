// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {IEmergencyAccess} from "../interfaces/IEmergencyAccess.sol";
import {Signature} from "../Signatures.sol";
import {EmergencyBase} from "./EmergencyBase.sol";

contract EmergencyCaseTest is EmergencyBase {
    function _refuseVeto(bytes32 id, address by, uint256 key, bytes32[] memory proof, bytes memory reason) internal {
        Signature memory signature = _signVeto(id, key, type(uint256).max);
        _refuse(reason);
        emergency.veto(patient, id, by, SALT, proof, type(uint256).max, signature);
    }

    function testFuzz_followsItsTimesToTheSecond(uint32 later) public {
        (IEmergencyAccess.Opening memory o, bytes32 id) = _opened();
        vm.warp(NOW + later);
        IEmergencyAccess.State expected = later < WAIT
            ? IEmergencyAccess.State.Waiting
            : later < WAIT + WINDOW ? IEmergencyAccess.State.Open : IEmergencyAccess.State.Closed;
        require(_stateOf(id) == expected, "state");
        bool live = expected == IEmergencyAccess.State.Open && later < 365 days;
        require(emergency.mayRelease(o) == live, "release");
    }

    function test_opensAndClosesAtTheVerySecond() public {
        (IEmergencyAccess.Opening memory o, ) = _opened();
        vm.warp(NOW + WAIT - 1);
        require(!emergency.mayRelease(o), "early");
        vm.warp(NOW + WAIT);
        require(emergency.mayRelease(o), "first");
        vm.warp(NOW + WAIT + WINDOW - 1);
        require(emergency.mayRelease(o), "last");
        vm.warp(NOW + WAIT + WINDOW);
        require(!emergency.mayRelease(o), "late");
    }

    function test_releasesNothingForAnUnknownCaseASuspendedPractitionerOrAPatientWhoStopsIt() public {
        (IEmergencyAccess.Opening memory o, ) = _opened();
        vm.warp(NOW + WAIT);
        IEmergencyAccess.Opening memory other = _opening();
        other.detailHash = "other";
        require(!emergency.mayRelease(other), "unknown");
        uint256 snapshot = vm.snapshotState();
        vm.prank(REGISTRAR);
        practitioners.suspend(MEDIC);
        require(!emergency.mayRelease(o), "suspended");
        vm.revertToState(snapshot);
        _suspend(ST_BRIGID);
        require(!emergency.mayRelease(o), "organization suspended");
        vm.revertToState(snapshot);
        IEmergencyAccess.Policy memory p = _policy();
        (p.allowed, p.round) = (false, 2);
        _state(p);
        require(!emergency.mayRelease(o), "stopped");
    }

    function testFuzz_thePatientVetoesWhileItWaitsOrIsOpen(address submitter, uint32 later) public {
        (IEmergencyAccess.Opening memory o, bytes32 id) = _opened();
        later %= 2 * (WAIT + WINDOW);
        vm.warp(NOW + later);
        Signature memory signature = _signVeto(id, PATIENT_KEY, NOW + later);
        if (later >= WAIT + WINDOW) {
            _refuse(abi.encodeWithSelector(IEmergencyAccess.CaseOver.selector, id));
            return emergency.veto(patient, id, patient, 0, new bytes32[](0), NOW + later, signature);
        }
        vm.expectEmit();
        emit IEmergencyAccess.CaseVetoed(id, patient);
        vm.prank(submitter);
        emergency.veto(patient, id, patient, 0, new bytes32[](0), NOW + later, signature);
        for (uint256 i = 0; i < 3; ++i) {
            vm.warp(NOW + later + i * WAIT);
            require(!emergency.mayRelease(o), "released");
            require(_stateOf(id) == IEmergencyAccess.State.Vetoed, "for good");
        }
        (, IEmergencyAccess.Case memory kept) = emergency.caseOf(patient, id);
        require(kept.vetoedAt == NOW + later, "time");
        bytes memory over = abi.encodeWithSelector(IEmergencyAccess.CaseOver.selector, id);
        _refuseVeto(id, patient, PATIENT_KEY, new bytes32[](0), over);
    }

    function testFuzz_aGuardianVetoesAndNobodyElse(uint128 key, bytes32 salt) public {
        vm.assume(key != 0 && key != GUARDIAN_KEY && key != PATIENT_KEY && salt != SALT);
        (, bytes32 id) = _opened();
        (, bytes32[] memory proof) = _guardians();
        address guardian = vm.addr(GUARDIAN_KEY);
        address stranger = vm.addr(key);
        bytes4 notGuardian = IEmergencyAccess.NotGuardian.selector;
        _refuseVeto(id, stranger, key, proof, abi.encodeWithSelector(notGuardian, stranger));
        _refuseVeto(id, guardian, GUARDIAN_KEY, new bytes32[](0), abi.encodeWithSelector(notGuardian, guardian));
        Signature memory signature = _signVeto(id, GUARDIAN_KEY, NOW);
        _refuse(abi.encodeWithSelector(notGuardian, guardian));
        emergency.veto(patient, id, guardian, salt, proof, NOW, signature);
        Signature memory forged = _signVeto(id, key, NOW);
        _refuseSignature(guardian);
        emergency.veto(patient, id, guardian, SALT, proof, NOW, forged);
        _refuseSignature(patient);
        emergency.veto(patient, id, patient, 0, proof, NOW, forged);
        emergency.veto(patient, id, guardian, SALT, proof, NOW, signature);
        require(_stateOf(id) == IEmergencyAccess.State.Vetoed, "vetoed");
    }

    function testFuzz_refusesAVetoThatIsLateOrOfNoCase(uint256 deadline, bytes32 unknown) public {
        (, bytes32 id) = _opened();
        vm.assume(unknown != id);
        deadline %= NOW;
        Signature memory signature = _signVeto(id, PATIENT_KEY, deadline);
        _refuse(abi.encodeWithSelector(IEmergencyAccess.DeadlinePassed.selector, deadline));
        emergency.veto(patient, id, patient, 0, new bytes32[](0), deadline, signature);
        bytes memory reason = abi.encodeWithSelector(IEmergencyAccess.UnknownCase.selector, unknown);
        _refuseVeto(unknown, patient, PATIENT_KEY, new bytes32[](0), reason);
        address stranger = vm.addr(STRANGER_KEY);
        signature = _signVeto(id, STRANGER_KEY, NOW);
        _refuse(abi.encodeWithSelector(IEmergencyAccess.UnknownCase.selector, id));
        emergency.veto(stranger, id, stranger, 0, new bytes32[](0), NOW, signature);
    }

    function testFuzz_aReviewIsStatedOnceAfterTheCaseIsOver(bool vetoed, bool justified, bytes32 findings) public {
        (, bytes32 id) = _opened();
        bytes memory early = abi.encodeWithSelector(IEmergencyAccess.CaseNotOver.selector, id);
        _refuse(early);
        _review(id);
        vm.warp(NOW + WAIT);
        _refuse(early);
        _review(id);
        if (vetoed) _veto(id);
        else vm.warp(NOW + WAIT + WINDOW);
        vm.expectEmit();
        emit IEmergencyAccess.CaseReviewed(id, patient, justified, findings);
        vm.prank(REGISTRAR);
        emergency.review(patient, id, justified, findings);
        (IEmergencyAccess.State state, IEmergencyAccess.Case memory kept) = emergency.caseOf(patient, id);
        require(kept.reviewedAt == block.timestamp && kept.justified == justified, "reviewed");
        require(
            state == (vetoed ? IEmergencyAccess.State.Vetoed : IEmergencyAccess.State.Closed),
            "its state stays"
        );
        _refuse(abi.encodeWithSelector(IEmergencyAccess.AlreadyReviewed.selector, id));
        _review(id);
    }

    function testFuzz_refusesAReviewByAnyoneButARegistrarOrOfNoCase(address caller, bytes32 unknown) public {
        vm.assume(caller != REGISTRAR);
        _refuse(abi.encodeWithSelector(IEmergencyAccess.UnknownCase.selector, unknown));
        _review(unknown);
        bytes32 role = accreditation.REGISTRAR_ROLE();
        _refuse(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role));
        vm.prank(caller);
        emergency.review(patient, unknown, true, 0);
    }
}
