// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsents} from "../interfaces/IConsents.sol";
import {Signature} from "../Signatures.sol";
import {ConsentsBase} from "./ConsentsBase.sol";

contract RevokeTest is ConsentsBase {
    function testFuzz_revokesInEveryState(address submitter, uint64 grantedAt, uint64 revokedAt) public {
        IConsents.Grant memory g = _grant();
        bytes32 id = _grantDigest(address(consents), g);
        grantedAt = uint64(NOW + (grantedAt % 2 hours));
        revokedAt = uint64(NOW + (revokedAt % 3 days));
        if (grantedAt <= revokedAt && grantedAt <= g.deadline) {
            vm.warp(grantedAt);
            consents.grant(g, _signGrant(g));
        }
        vm.warp(revokedAt);
        Signature memory signature = _sign(PATIENT_KEY, _revocationDigest(id, revokedAt));
        vm.expectEmit();
        emit IConsents.Revoked(id, patient);
        vm.prank(submitter);
        consents.revoke(patient, id, revokedAt, signature);
        (, , , uint64 stored) = consents.stateOf(patient, id);
        require(stored == revokedAt, "time");
        require(!consents.isActive(patient, id), "active");
    }

    function test_revokesAGrantBeforeItsSubmissionAndKeepsItOut() public {
        IConsents.Grant memory g = _grant();
        bytes32 id = _grantDigest(address(consents), g);
        _revoke(id);
        Signature memory signature = _signGrant(g);
        _refuse(abi.encodeWithSelector(IConsents.AlreadyRevoked.selector, id));
        consents.grant(g, signature);
        (uint64 grantedAt, , , uint64 revokedAt) = consents.stateOf(patient, id);
        require(grantedAt == 0 && revokedAt == NOW, "state");
    }

    function test_revokesAlthoughTheGranteeIsSuspended() public {
        (, bytes32 id) = _granted();
        _suspend(LINDQVIST);
        _revoke(id);
        require(!consents.isActive(patient, id), "active");
    }

    function testFuzz_refusesARevocationWhoseDeadlinePassed(uint256 deadline) public {
        (, bytes32 id) = _granted();
        Signature memory signature = _sign(PATIENT_KEY, _revocationDigest(id, deadline));
        if (deadline < NOW) _refuse(abi.encodeWithSelector(IConsents.DeadlinePassed.selector, deadline));
        consents.revoke(patient, id, deadline, signature);
    }

    function test_refusesASecondRevocation() public {
        (, bytes32 id) = _granted();
        _revoke(id);
        Signature memory signature = _sign(PATIENT_KEY, _revocationDigest(id, NOW));
        _refuse(abi.encodeWithSelector(IConsents.AlreadyRevoked.selector, id));
        consents.revoke(patient, id, NOW, signature);
    }

    function testFuzz_refusesARevocationAlteredInAnyField(bytes32 otherId, uint256 otherDeadline) public {
        (, bytes32 id) = _granted();
        vm.assume(otherId != id && otherDeadline != NOW && otherDeadline > NOW);
        Signature memory signature = _sign(PATIENT_KEY, _revocationDigest(id, NOW));
        _refuseSignature(patient);
        consents.revoke(patient, otherId, NOW, signature);
        _refuseSignature(patient);
        consents.revoke(patient, id, otherDeadline, signature);
        _refuseSignature(vm.addr(STRANGER_KEY));
        consents.revoke(vm.addr(STRANGER_KEY), id, NOW, signature);
        Signature memory strangers = _sign(STRANGER_KEY, _revocationDigest(id, NOW));
        _refuseSignature(patient);
        consents.revoke(patient, id, NOW, strangers);
    }

    function test_refusesEveryMalformedSignatureOfARevocation() public {
        (, bytes32 id) = _granted();
        Signature[] memory forms = _malformed(_sign(PATIENT_KEY, _revocationDigest(id, NOW)));
        for (uint256 i = 0; i < forms.length; ++i) {
            _refuseSignature(patient);
            consents.revoke(patient, id, NOW, forms[i]);
        }
        require(consents.isActive(patient, id), "still active");
    }

    function test_refusesARevocationSignedForAnotherChain() public {
        (, bytes32 id) = _granted();
        Signature memory signature = _sign(PATIENT_KEY, _revocationDigest(id, NOW));
        vm.chainId(4242);
        _refuseSignature(patient);
        consents.revoke(patient, id, NOW, signature);
    }

    function test_aStrangersRevocationOfTheSameIdTouchesNothing() public {
        (, bytes32 id) = _granted();
        address stranger = vm.addr(STRANGER_KEY);
        consents.revoke(stranger, id, NOW, _sign(STRANGER_KEY, _revocationDigest(id, NOW)));
        require(consents.isActive(patient, id), "still active");
        (, , , uint64 revokedAt) = consents.stateOf(stranger, id);
        require(revokedAt == NOW, "the stranger's own");
    }
}
