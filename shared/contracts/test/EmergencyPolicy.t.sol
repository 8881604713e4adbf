// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IEmergencyAccess} from "../interfaces/IEmergencyAccess.sol";
import {IPractitioners} from "../interfaces/IPractitioners.sol";
import {Signature} from "../Signatures.sol";
import {EmergencyBase} from "./EmergencyBase.sol";

contract EmergencyPolicyTest is EmergencyBase {
    function _refusePolicy(IEmergencyAccess.Policy memory p, bytes memory reason) internal {
        Signature memory signature = _signPolicy(p, PATIENT_KEY);
        _refuse(reason);
        emergency.statePolicy(p, signature);
    }

    function _refuseOpening(
        IEmergencyAccess.Opening memory o,
        bytes32[] memory list,
        uint256 key,
        bytes memory reason
    ) internal {
        Signature memory signature = _signOpening(o, key);
        _refuse(reason);
        emergency.open(o, list, signature);
    }

    function testFuzz_statesAPolicy(address submitter, uint32 wait, uint32 window, uint8 k, uint8 n) public {
        IEmergencyAccess.Policy memory p = _policy();
        (p.waitSeconds, p.windowSeconds, p.threshold, p.holders) = (wait, window, k, n);
        p.organizations = _list(ST_BRIGID);
        bool sound = wait <= 7 days && 0 < window && window <= 7 days && 2 <= k && k <= n && n <= 16;
        if (!sound) {
            _refusePolicy(p, abi.encodeWithSelector(IEmergencyAccess.InvalidPolicy.selector));
            (p.waitSeconds, p.windowSeconds) = (wait % (7 days + 1), 1 + (window % 7 days));
            p.holders = 2 + (n % 15);
            p.threshold = 2 + (k % (p.holders - 1));
        }
        Signature memory signature = _signPolicy(p, PATIENT_KEY);
        vm.expectEmit();
        emit IEmergencyAccess.PolicyStated(patient, true, p.organizations, 1);
        vm.prank(submitter);
        emergency.statePolicy(p, signature);
        IEmergencyAccess.Policy memory kept = emergency.policyOf(patient);
        (p.organizations, p.deadline) = (new bytes32[](0), 0);
        require(keccak256(abi.encode(kept)) == keccak256(abi.encode(p)), "kept");
    }

    function test_refusesEachUnsoundPolicy() public {
        bytes memory reason = abi.encodeWithSelector(IEmergencyAccess.InvalidPolicy.selector);
        for (uint256 i = 0; i < 7; ++i) {
            IEmergencyAccess.Policy memory p = _policy();
            if (i == 0) p.waitSeconds = 7 days + 1;
            if (i == 1) p.windowSeconds = 0;
            if (i == 2) p.windowSeconds = 7 days + 1;
            if (i == 3) p.threshold = 1;
            if (i == 4) p.threshold = 4;
            if (i == 5) p.holders = 17;
            if (i == 6) p.organizations = new bytes32[](17);
            _refusePolicy(p, reason);
        }
        IEmergencyAccess.Policy memory none;
        (none.patient, none.round, none.deadline) = (patient, 1, NOW);
        _state(none);
        require(!emergency.policyOf(patient).allowed && emergency.policyOf(patient).round == 1, "nothing allowed");
    }

    function testFuzz_refusesAPolicyThatIsLateReplayedOrBySomebodyElse(uint256 deadline, uint256 round) public {
        IEmergencyAccess.Policy memory p = _policy();
        p.deadline = deadline % NOW;
        _refusePolicy(p, abi.encodeWithSelector(IEmergencyAccess.DeadlinePassed.selector, p.deadline));
        p = _policy();
        _state(p);
        vm.assume(round != 2);
        p.round = round;
        _refusePolicy(p, abi.encodeWithSelector(IEmergencyAccess.WrongPolicyRound.selector, 2));
        p.round = 2;
        Signature memory signature = _signPolicy(p, STRANGER_KEY);
        _refuseSignature(patient);
        emergency.statePolicy(p, signature);
    }

    function testFuzz_refusesAPolicyAlteredInAnyField(uint8 field) public {
        IEmergencyAccess.Policy memory p = _policy();
        Signature memory signature = _signPolicy(p, PATIENT_KEY);
        field %= 10;
        if (field == 0) p.patient = vm.addr(STRANGER_KEY);
        if (field == 1) p.allowed = false;
        if (field == 2) p.waitSeconds += 1;
        if (field == 3) p.windowSeconds += 1;
        if (field == 4) p.threshold = 3;
        if (field == 5) p.holders = 4;
        if (field == 6) p.organizations = _list(ST_BRIGID);
        if (field == 7) p.guardians = "other";
        if (field == 8) p.holdersHash = "other";
        if (field == 9) p.deadline += 1;
        _refuseSignature(p.patient);
        emergency.statePolicy(p, signature);
    }

    function testFuzz_opensACase(address submitter, uint8 reason, bytes32 detail) public {
        _state(_policy());
        IEmergencyAccess.Opening memory o = _opening();
        (o.reason, o.detailHash) = (IEmergencyAccess.Reason(1 + (reason % 4)), detail);
        Signature memory signature = _signOpening(o, MEDIC_KEY);
        bytes32 id = emergency.caseId(o);
        vm.expectEmit();
        uint48 from = uint48(NOW + WAIT);
        emit IEmergencyAccess.CaseOpened(id, patient, MEDIC, o.reason, from, from + WINDOW);
        vm.prank(submitter);
        emergency.open(o, new bytes32[](0), signature);
        (IEmergencyAccess.State state, IEmergencyAccess.Case memory kept) = emergency.caseOf(patient, id);
        require(state == IEmergencyAccess.State.Waiting, "waiting");
        require(kept.openedAt == NOW && kept.releaseFrom == from && kept.closesAt == from + WINDOW, "times");
        require(kept.vetoedAt == 0 && kept.reviewedAt == 0, "fresh");
        _refuseOpening(o, new bytes32[](0), MEDIC_KEY, abi.encodeWithSelector(IEmergencyAccess.CaseExists.selector, id));
    }

    function test_refusesACaseWhereThePatientAllowsNone() public {
        bytes memory reason = abi.encodeWithSelector(IEmergencyAccess.NotAllowed.selector, patient);
        _refuseOpening(_opening(), new bytes32[](0), MEDIC_KEY, reason);
        IEmergencyAccess.Policy memory p = _policy();
        p.allowed = false;
        _state(p);
        _refuseOpening(_opening(), new bytes32[](0), MEDIC_KEY, reason);
    }

    function testFuzz_refusesACaseThatIsLateOrWithoutReason(uint256 deadline) public {
        _state(_policy());
        IEmergencyAccess.Opening memory o = _opening();
        o.deadline = deadline % NOW;
        bytes memory late = abi.encodeWithSelector(IEmergencyAccess.DeadlinePassed.selector, o.deadline);
        _refuseOpening(o, new bytes32[](0), MEDIC_KEY, late);
        o = _opening();
        o.reason = IEmergencyAccess.Reason.None;
        bytes memory none = abi.encodeWithSelector(IEmergencyAccess.InvalidReason.selector);
        _refuseOpening(o, new bytes32[](0), MEDIC_KEY, none);
    }

    function test_refusesAPractitionerOfAnotherRoleUnknownOrSuspended() public {
        _state(_policy());
        IEmergencyAccess.Opening memory o = _opening();
        o.practitioner = PHYSICIAN;
        bytes memory role = abi.encodeWithSelector(IEmergencyAccess.WrongRole.selector, PHYSICIAN);
        _refuseOpening(o, new bytes32[](0), PHYSICIAN_KEY, role);
        o.practitioner = "nobody";
        bytes4 flawed = IPractitioners.PractitionerNotAccredited.selector;
        bytes memory unknown = abi.encodeWithSelector(flawed, o.practitioner, IPractitioners.PractitionerFlaw.Unknown);
        _refuseOpening(o, new bytes32[](0), MEDIC_KEY, unknown);
        _suspend(ST_BRIGID);
        bytes4 notAccredited = IAccreditation.NotAccredited.selector;
        bytes memory suspended = abi.encodeWithSelector(notAccredited, ST_BRIGID, IAccreditation.Flaw.Suspended);
        _refuseOpening(_opening(), new bytes32[](0), MEDIC_KEY, suspended);
    }

    function test_letsOnlyListedOrganizationsOpen() public {
        IEmergencyAccess.Policy memory p = _policy();
        p.organizations = _list(LINDQVIST);
        _state(p);
        bytes memory reason = abi.encodeWithSelector(IEmergencyAccess.OrganizationNotListed.selector, MEDIC);
        _refuseOpening(_opening(), p.organizations, MEDIC_KEY, reason);
        _refuseOpening(_opening(), _list(ST_BRIGID), MEDIC_KEY, reason);
        _refuseOpening(_opening(), new bytes32[](0), MEDIC_KEY, reason);
        (p.organizations, p.round) = (_list(ST_BRIGID), 2);
        _state(p);
        IEmergencyAccess.Opening memory o = _opening();
        emergency.open(o, p.organizations, _signOpening(o, MEDIC_KEY));
    }

    function testFuzz_refusesACaseByAnotherKeyOrAltered(uint128 key, uint8 field) public {
        vm.assume(key != 0 && key != MEDIC_KEY);
        _state(_policy());
        IEmergencyAccess.Opening memory o = _opening();
        Signature memory signature = _signOpening(o, key);
        _refuseSignature(vm.addr(MEDIC_KEY));
        emergency.open(o, new bytes32[](0), signature);
        signature = _signOpening(o, MEDIC_KEY);
        field %= 3;
        if (field == 0) o.reason = IEmergencyAccess.Reason.Other;
        if (field == 1) o.detailHash = "other";
        if (field == 2) o.deadline += 1;
        _refuseSignature(vm.addr(MEDIC_KEY));
        emergency.open(o, new bytes32[](0), signature);
    }
}
