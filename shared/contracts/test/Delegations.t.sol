// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDelegations} from "../interfaces/IDelegations.sol";
import {Signature} from "../Signatures.sol";
import {DelegationsBase} from "./DelegationsBase.sol";

contract DelegationsTest is DelegationsBase {
    function _refuseDelegation(IDelegations.Delegation memory d, bytes memory reason) internal {
        Signature memory signature = _sign(PATIENT_KEY, _delegationDigest(d));
        _refuse(reason);
        delegations.delegate(d, signature);
    }

    function testFuzz_letsADelegateActByItsRole(address submitter, uint8 number, uint32 length) public {
        IDelegations.Delegation memory d = _delegation(IDelegations.Role(1 + (number % 3)));
        d.notAfter = uint64(NOW + 1 + length);
        bytes32 id = _delegationDigest(d);
        require(delegations.delegationId(d) == id, "id");
        if (length >= 5 * 365 days) {
            bytes memory reason = abi.encodeWithSelector(
                IDelegations.InvalidDelegationPeriod.selector,
                d.notBefore,
                d.notAfter
            );
            return _refuseDelegation(d, reason);
        }
        Signature memory signature = _sign(PATIENT_KEY, id);
        vm.expectEmit();
        emit IDelegations.Delegated(id, patient, d.delegate, d.role, d.notBefore, d.notAfter);
        vm.prank(submitter);
        delegations.delegate(d, signature);
        IDelegations.Kept memory kept = delegations.delegationOf(patient, id);
        require(kept.delegate == d.delegate && kept.role == d.role && !kept.revoked, "kept");
        require(kept.notBefore == d.notBefore && kept.notAfter == d.notAfter, "period");
        _judge(id, d);
    }

    function _judge(bytes32 id, IDelegations.Delegation memory d) internal {
        bytes memory weak = abi.encodeWithSelector(IDelegations.RoleTooWeak.selector, id, d.role);
        if (d.role != IDelegations.Role.Decide) {
            _refuse(weak);
            delegations.requireGranter(patient, id);
        } else {
            (address who, uint64 notAfter) = delegations.requireGranter(patient, id);
            require(who == d.delegate && notAfter == d.notAfter, "granter");
        }
        if (d.role == IDelegations.Role.Watch) _refuse(weak);
        address revoker = delegations.requireRevoker(patient, id);
        require(d.role == IDelegations.Role.Watch || revoker == d.delegate, "revoker");
    }

    function test_livesFromTheFirstSecondToTheLast() public {
        IDelegations.Delegation memory d = _delegation(IDelegations.Role.Decide);
        (d.notBefore, d.notAfter) = (uint64(NOW + 10), uint64(NOW + 20));
        bytes32 id = _delegationDigest(d);
        bytes memory dead = abi.encodeWithSelector(IDelegations.DelegationNotLive.selector, id);
        _refuse(dead);
        delegations.requireGranter(patient, id);
        delegations.delegate(d, _sign(PATIENT_KEY, id));
        for (uint256 time = NOW; time < NOW + 30; ++time) {
            vm.warp(time);
            if (time < NOW + 10 || time >= NOW + 20) _refuse(dead);
            delegations.requireGranter(patient, id);
        }
    }

    function testFuzz_refusesADelegationThatIsLateOrEmpty(uint256 deadline, uint64 from, uint64 until) public {
        IDelegations.Delegation memory d = _delegation(IDelegations.Role.Decide);
        d.deadline = deadline % NOW;
        _refuseDelegation(d, abi.encodeWithSelector(IDelegations.DeadlinePassed.selector, d.deadline));
        d = _delegation(IDelegations.Role.Decide);
        (d.notBefore, d.notAfter) = (from, until);
        bool sound = from < until && until > NOW && until - from <= 5 * 365 days && until < 2 ** 40;
        if (sound) return delegations.delegate(d, _sign(PATIENT_KEY, _delegationDigest(d)));
        _refuseDelegation(
            d,
            abi.encodeWithSelector(IDelegations.InvalidDelegationPeriod.selector, from, until)
        );
    }

    function test_refusesAPeriodBeyondWhatASlotKeeps() public {
        IDelegations.Delegation memory d = _delegation(IDelegations.Role.Decide);
        (d.notBefore, d.notAfter) = (2 ** 40 - 2 days, 2 ** 40);
        _refuseDelegation(
            d,
            abi.encodeWithSelector(IDelegations.InvalidDelegationPeriod.selector, d.notBefore, d.notAfter)
        );
    }

    function test_refusesNoRoleNobodyAndThePatientAsDelegate() public {
        bytes memory invalid = abi.encodeWithSelector(IDelegations.InvalidDelegation.selector);
        _refuseDelegation(_delegation(IDelegations.Role.None), invalid);
        IDelegations.Delegation memory d = _delegation(IDelegations.Role.Decide);
        d.delegate = address(0);
        _refuseDelegation(d, invalid);
        d.delegate = patient;
        _refuseDelegation(d, invalid);
    }

    function test_refusesADelegationTwice() public {
        bytes32 id = _delegated(IDelegations.Role.Watch);
        _refuseDelegation(
            _delegation(IDelegations.Role.Watch),
            abi.encodeWithSelector(IDelegations.AlreadyDelegated.selector, id)
        );
    }

    function testFuzz_refusesADelegationByAnotherKeyOrAltered(uint128 key, uint8 field, bytes32 other) public {
        vm.assume(key != 0 && key != PATIENT_KEY);
        IDelegations.Delegation memory d = _delegation(IDelegations.Role.Decide);
        Signature memory signature = _sign(key, _delegationDigest(d));
        _refuseSignature(patient);
        delegations.delegate(d, signature);
        signature = _sign(PATIENT_KEY, _delegationDigest(d));
        field %= 5;
        if (field == 0) d.delegate = address(uint160(1 + (uint256(other) % 1e9)));
        if (field == 1) d.role = IDelegations.Role.Watch;
        if (field == 2) d.notBefore = uint64(NOW + 1 + (uint256(other) % 1 days));
        if (field == 3) d.notAfter = uint64(NOW + 31 days + (uint256(other) % 1 days));
        if (field == 4) d.deadline = NOW + 2 hours + (uint256(other) % 1 days);
        _refuseSignature(patient);
        delegations.delegate(d, signature);
    }

    function test_refusesEveryMalformedSignature() public {
        IDelegations.Delegation memory d = _delegation(IDelegations.Role.Decide);
        Signature[] memory forms = _malformed(_sign(PATIENT_KEY, _delegationDigest(d)));
        for (uint256 i = 0; i < forms.length; ++i) {
            _refuseSignature(patient);
            delegations.delegate(d, forms[i]);
        }
        d.patient = address(0);
        Signature memory nobodys = Signature(27, bytes32(uint256(1)), bytes32(uint256(1)));
        nobodys.v = 29;
        _refuseSignature(address(0));
        delegations.delegate(d, nobodys);
    }

    function testFuzz_takesADelegationBackInEveryState(bool submitted, bool ended, address submitter) public {
        IDelegations.Delegation memory d = _delegation(IDelegations.Role.Decide);
        bytes32 id = _delegationDigest(d);
        if (submitted) delegations.delegate(d, _sign(PATIENT_KEY, id));
        if (ended) vm.warp(NOW + 40 days);
        Signature memory signature = _takesBack(PATIENT_KEY, id, NOW + 365 days);
        vm.expectEmit();
        emit IDelegations.DelegationRevoked(id, patient);
        vm.prank(submitter);
        delegations.revokeDelegation(patient, id, NOW + 365 days, signature);
        bytes memory gone = abi.encodeWithSelector(IDelegations.DelegationIsRevoked.selector, id);
        vm.warp(NOW);
        _refuse(gone);
        delegations.requireGranter(patient, id);
        _refuse(gone);
        delegations.requireRevoker(patient, id);
        _refuseDelegation(d, gone);
        _refuse(gone);
        delegations.revokeDelegation(patient, id, NOW + 365 days, signature);
        require(delegations.delegationOf(patient, id).revoked, "revoked");
    }

    function testFuzz_refusesARevocationThatIsLateOrByAnyoneElse(uint256 deadline, uint128 key) public {
        vm.assume(key != 0 && key != PATIENT_KEY);
        bytes32 id = _delegated(IDelegations.Role.Decide);
        deadline %= NOW;
        Signature memory signature = _takesBack(PATIENT_KEY, id, deadline);
        _refuse(abi.encodeWithSelector(IDelegations.DeadlinePassed.selector, deadline));
        delegations.revokeDelegation(patient, id, deadline, signature);
        signature = _takesBack(key, id, NOW);
        _refuseSignature(patient);
        delegations.revokeDelegation(patient, id, NOW, signature);
        // In its own space the stranger's signature counts, and touches nothing of the patient's.
        delegations.revokeDelegation(vm.addr(key), id, NOW, signature);
        require(delegations.requireRevoker(patient, id) == vm.addr(CARER_KEY), "still live");
    }

    function test_refusesADelegationForAnotherChain() public {
        IDelegations.Delegation memory d = _delegation(IDelegations.Role.Decide);
        Signature memory signature = _sign(PATIENT_KEY, _delegationDigest(d));
        vm.chainId(4242);
        _refuseSignature(patient);
        delegations.delegate(d, signature);
    }
}
