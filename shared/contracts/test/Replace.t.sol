// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IConsents} from "../interfaces/IConsents.sol";
import {IDelegations} from "../interfaces/IDelegations.sol";
import {Signature} from "../Signatures.sol";
import {DelegationsBase} from "./DelegationsBase.sol";

contract ReplaceTest is DelegationsBase {
    function _next(uint64 notAfter) internal view returns (IConsents.Grant memory g) {
        g = _grant();
        (g.notAfter, g.scopeHash) = (notAfter, keccak256("another scope"));
    }

    function testFuzz_replacesAGrantInOneAct(address submitter, uint32 length, bool submitted) public {
        IConsents.Grant memory former = _grant();
        bytes32 formerId = _grantDigest(address(consents), former);
        if (submitted) consents.grant(former, _signGrant(former));
        IConsents.Grant memory g = _next(uint64(NOW + 1 + length));
        bytes32 id = _grantDigest(address(consents), g);
        Signature memory revokes = _sign(PATIENT_KEY, _revocationDigest(formerId, NOW));
        Signature memory grants = _signGrant(g);
        vm.expectEmit();
        emit IConsents.Revoked(formerId, patient);
        vm.expectEmit();
        emit IConsents.Granted(id, patient, g.grantee, g.purpose, g.notBefore, g.notAfter, g.scopeHash);
        vm.expectEmit();
        emit IConsents.Replaced(formerId, id);
        vm.prank(submitter);
        consents.replace(formerId, NOW, revokes, g, grants);
        require(!consents.isActive(patient, formerId) && consents.isActive(patient, id), "one for the other");
    }

    function test_replacesBothOrNeither() public {
        (IConsents.Grant memory former, bytes32 formerId) = _granted();
        IConsents.Grant memory g = _next(uint64(NOW + 1 hours));
        Signature memory revokes = _sign(PATIENT_KEY, _revocationDigest(formerId, NOW));
        Signature memory strangers = _sign(STRANGER_KEY, _grantDigest(address(consents), g));
        _refuseSignature(patient);
        consents.replace(formerId, NOW, revokes, g, strangers);
        Signature memory grants = _signGrant(g);
        strangers = _sign(STRANGER_KEY, _revocationDigest(formerId, NOW));
        _refuseSignature(patient);
        consents.replace(formerId, NOW, strangers, g, grants);
        _refuse(abi.encodeWithSelector(IConsents.AlreadyRevoked.selector, formerId));
        consents.replace(formerId, NOW, revokes, former, _signGrant(former));
        _suspend(LINDQVIST);
        _refuseOrganization(LINDQVIST, IAccreditation.Flaw.Suspended);
        consents.replace(formerId, NOW, revokes, g, grants);
        require(consents.isActive(patient, formerId), "nothing happened");
    }

    function test_replacesNoGrantOfAnotherPatient() public {
        (, bytes32 formerId) = _granted();
        IConsents.Grant memory g = _next(uint64(NOW + 1 hours));
        g.patient = vm.addr(STRANGER_KEY);
        Signature memory grants = _sign(STRANGER_KEY, _grantDigest(address(consents), g));
        consents.replace(formerId, NOW, _sign(STRANGER_KEY, _revocationDigest(formerId, NOW)), g, grants);
        require(consents.isActive(patient, formerId), "the patient's stays");
    }

    function testFuzz_aDelegateGrantsAndRevokesWhileItsDelegationLives(address submitter, uint32 length) public {
        bytes32 delegation = _delegated(IDelegations.Role.Decide);
        IConsents.Grant memory g = _next(uint64(NOW + 1 + length));
        bytes32 id = _grantDigest(address(consents), g);
        Signature memory signature = _byCarer(g);
        if (g.notAfter > NOW + 30 days) {
            _refuse(
                abi.encodeWithSelector(IConsents.BeyondDelegation.selector, delegation, uint64(NOW + 30 days))
            );
            return consents.grantFor(delegation, g, signature);
        }
        vm.expectEmit();
        emit IConsents.ByDelegate(id, delegation);
        vm.prank(submitter);
        consents.grantFor(delegation, g, signature);
        require(consents.isActive(patient, id), "granted");
        signature = _sign(CARER_KEY, _revocationDigest(id, NOW));
        vm.expectEmit();
        emit IConsents.ByDelegate(id, delegation);
        vm.prank(submitter);
        consents.revokeFor(delegation, patient, id, NOW, signature);
        require(!consents.isActive(patient, id), "revoked");
    }

    function test_aDelegateWidensNothingOnceItsDelegationIsTakenBackOrOver() public {
        bytes32 delegation = _delegated(IDelegations.Role.Decide);
        IConsents.Grant memory g = _next(uint64(NOW + 29 days));
        g.deadline = NOW + 365 days;
        Signature memory signature = _byCarer(g);
        vm.warp(NOW + 30 days);
        _refuse(abi.encodeWithSelector(IDelegations.DelegationNotLive.selector, delegation));
        consents.grantFor(delegation, g, signature);
        vm.warp(NOW);
        _takeBack(delegation);
        bytes memory gone = abi.encodeWithSelector(IDelegations.DelegationIsRevoked.selector, delegation);
        _refuse(gone);
        consents.grantFor(delegation, g, signature);
        _refuse(gone);
        consents.revokeFor(delegation, patient, keccak256("any"), NOW, signature);
    }

    function test_aWatcherGrantsNothingAndARevokerRevokesAlone() public {
        bytes32 watch = _delegated(IDelegations.Role.Watch);
        (IConsents.Grant memory g, bytes32 id) = _granted();
        Signature memory signature = _sign(CARER_KEY, _revocationDigest(id, NOW));
        _refuse(
            abi.encodeWithSelector(IDelegations.RoleTooWeak.selector, watch, IDelegations.Role.Watch)
        );
        consents.revokeFor(watch, patient, id, NOW, signature);
        bytes32 revoker = _delegated(IDelegations.Role.RevokeOnly);
        g = _next(uint64(NOW + 1 hours));
        Signature memory grants = _byCarer(g);
        _refuse(
            abi.encodeWithSelector(IDelegations.RoleTooWeak.selector, revoker, IDelegations.Role.RevokeOnly)
        );
        consents.grantFor(revoker, g, grants);
        consents.revokeFor(revoker, patient, id, NOW, signature);
        require(!consents.isActive(patient, id), "revoked");
    }

    function testFuzz_noOtherKeyActsUnderADelegation(uint128 key) public {
        vm.assume(key != 0 && key != CARER_KEY);
        bytes32 delegation = _delegated(IDelegations.Role.Decide);
        (, bytes32 id) = _granted();
        IConsents.Grant memory g = _next(uint64(NOW + 1 hours));
        Signature memory signature = _sign(key, _grantDigest(address(consents), g));
        _refuseSignature(vm.addr(CARER_KEY));
        consents.grantFor(delegation, g, signature);
        signature = _sign(key, _revocationDigest(id, NOW));
        _refuseSignature(vm.addr(CARER_KEY));
        consents.revokeFor(delegation, patient, id, NOW, signature);
    }

    function testFuzz_aDelegateOfOnePatientActsForNoOther(uint128 key) public {
        vm.assume(key != 0 && key != PATIENT_KEY);
        bytes32 delegation = _delegated(IDelegations.Role.Decide);
        IConsents.Grant memory g = _next(uint64(NOW + 1 hours));
        g.patient = vm.addr(key);
        Signature memory signature = _byCarer(g);
        _refuse(abi.encodeWithSelector(IDelegations.DelegationNotLive.selector, delegation));
        consents.grantFor(delegation, g, signature);
    }
}
