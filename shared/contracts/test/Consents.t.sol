// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Consents} from "../Consents.sol";
import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IConsents} from "../interfaces/IConsents.sol";
import {Signature} from "../Signatures.sol";
import {Base} from "./Base.sol";

contract ConsentsTest is Base {
    function _grant() internal view returns (IConsents.Grant memory) {
        return
            IConsents.Grant({
                patient: patient,
                grantee: LINDQVIST,
                purpose: "TREAT",
                notBefore: uint64(NOW),
                notAfter: uint64(NOW + 1 days),
                scopeHash: keccak256("scope"),
                deadline: NOW + 1 hours
            });
    }

    function _grantDigest(address target, IConsents.Grant memory g) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Grant(address patient,bytes32 grantee,bytes32 purpose,uint64 notBefore,uint64 notAfter,bytes32 scopeHash,uint256 deadline)"
        );
        return _digest("Carekey Consents", target, keccak256(abi.encode(typeHash, g)));
    }

    function _revocationDigest(bytes32 id, uint256 deadline) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Revocation(bytes32 grant,uint256 deadline)");
        return _digest("Carekey Consents", address(consents), keccak256(abi.encode(typeHash, id, deadline)));
    }

    function _accessDigest(bytes32 id, bytes32 accessHash, uint256 deadline) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Access(bytes32 grant,bytes32 accessHash,uint256 deadline)");
        return
            _digest("Carekey Consents", address(consents), keccak256(abi.encode(typeHash, id, accessHash, deadline)));
    }

    function _signGrant(IConsents.Grant memory g) internal view returns (Signature memory) {
        return _sign(PATIENT_KEY, _grantDigest(address(consents), g));
    }

    function _granted() internal returns (IConsents.Grant memory g, bytes32 id) {
        g = _grant();
        id = _grantDigest(address(consents), g);
        consents.grant(g, _signGrant(g));
    }

    function _revoke(bytes32 id) internal {
        Signature memory signature = _sign(PATIENT_KEY, _revocationDigest(id, NOW + 3650 days));
        consents.revoke(patient, id, NOW + 3650 days, signature);
    }

    // grant

    function testFuzz_grantsForTheStatedPeriod(
        address submitter,
        uint256 key,
        IConsents.Grant memory g,
        uint64 time
    ) public {
        key = (key % (CURVE_ORDER - 1)) + 1;
        vm.assume(g.notBefore < g.notAfter && g.notAfter > NOW && g.deadline >= NOW);
        (g.patient, g.grantee) = (vm.addr(key), LINDQVIST);
        bytes32 id = _grantDigest(address(consents), g);
        require(consents.grantId(g) == id, "id");
        require(!consents.isActive(g.patient, id), "active before");
        Signature memory signature = _sign(key, id);
        vm.expectEmit();
        emit IConsents.Granted(id, g.patient, g.grantee, g.purpose, g.notBefore, g.notAfter, g.scopeHash);
        vm.prank(submitter);
        consents.grant(g, signature);
        (uint64 grantedAt, uint64 notBefore, uint64 notAfter, uint64 revokedAt) = consents.stateOf(g.patient, id);
        require(grantedAt == NOW && notBefore == g.notBefore, "state");
        require(notAfter == g.notAfter && revokedAt == 0, "state");
        vm.warp(time);
        require(consents.isActive(g.patient, id) == (g.notBefore <= time && time < g.notAfter), "active");
    }

    function testFuzz_refusesAGrantWhoseDeadlinePassed(uint256 deadline) public {
        IConsents.Grant memory g = _grant();
        g.deadline = deadline;
        Signature memory signature = _signGrant(g);
        if (deadline < NOW) _refuse(abi.encodeWithSelector(IConsents.DeadlinePassed.selector, deadline));
        consents.grant(g, signature);
    }

    function testFuzz_refusesAnEmptyOrPastPeriod(uint64 notBefore, uint64 notAfter) public {
        IConsents.Grant memory g = _grant();
        (g.notBefore, g.notAfter) = (notBefore, notAfter);
        Signature memory signature = _signGrant(g);
        if (notBefore >= notAfter || notAfter <= NOW) {
            _refuse(abi.encodeWithSelector(IConsents.InvalidPeriod.selector, notBefore, notAfter));
        }
        consents.grant(g, signature);
    }

    function test_refusesAPeriodThatEndsNow() public {
        IConsents.Grant memory g = _grant();
        (g.notBefore, g.notAfter) = (uint64(NOW - 1), uint64(NOW));
        Signature memory signature = _signGrant(g);
        _refuse(abi.encodeWithSelector(IConsents.InvalidPeriod.selector, g.notBefore, g.notAfter));
        consents.grant(g, signature);
    }

    function test_refusesAGrantTwice() public {
        (IConsents.Grant memory g, bytes32 id) = _granted();
        Signature memory signature = _signGrant(g);
        _refuse(abi.encodeWithSelector(IConsents.AlreadyGranted.selector, id));
        consents.grant(g, signature);
    }

    function test_refusesARevokedGrant() public {
        (IConsents.Grant memory g, bytes32 id) = _granted();
        _revoke(id);
        Signature memory signature = _signGrant(g);
        _refuse(abi.encodeWithSelector(IConsents.AlreadyRevoked.selector, id));
        consents.grant(g, signature);
    }

    function testFuzz_refusesAGrantToAnUnknownOrganization(bytes32 grantee) public {
        vm.assume(grantee != ST_BRIGID && grantee != LINDQVIST);
        IConsents.Grant memory g = _grant();
        g.grantee = grantee;
        Signature memory signature = _signGrant(g);
        _refuseOrganization(grantee, IAccreditation.Flaw.Unknown);
        consents.grant(g, signature);
    }

    function test_refusesAGrantToASuspendedOrganization() public {
        IConsents.Grant memory g = _grant();
        Signature memory signature = _signGrant(g);
        _suspend(LINDQVIST);
        _refuseOrganization(LINDQVIST, IAccreditation.Flaw.Suspended);
        consents.grant(g, signature);
    }

    function test_refusesAGrantToAnOrganizationWhoseValidityIsOver() public {
        vm.warp(NOW + 365 days);
        IConsents.Grant memory g = _grant();
        (g.notAfter, g.deadline) = (uint64(NOW + 400 days), NOW + 400 days);
        Signature memory signature = _signGrant(g);
        _refuseOrganization(LINDQVIST, IAccreditation.Flaw.OutsideValidity);
        consents.grant(g, signature);
    }

    function testFuzz_refusesAGrantSignedByAnyoneElse(uint256 key) public {
        key = (key % (CURVE_ORDER - 1)) + 1;
        vm.assume(key != PATIENT_KEY);
        IConsents.Grant memory g = _grant();
        Signature memory signature = _sign(key, _grantDigest(address(consents), g));
        _refuseSignature(patient);
        consents.grant(g, signature);
    }

    function testFuzz_refusesAGrantOfTheZeroAddress(Signature calldata signature) public {
        IConsents.Grant memory g = _grant();
        g.patient = address(0);
        _refuseSignature(address(0));
        consents.grant(g, signature);
    }

    function testFuzz_refusesAnySignatureThatIsNotThePatients(Signature calldata signature) public {
        _refuseSignature(patient);
        consents.grant(_grant(), signature);
    }

    function test_refusesEveryMalformedSignatureOfAGrant() public {
        IConsents.Grant memory g = _grant();
        Signature[] memory forms = _malformed(_signGrant(g));
        for (uint256 i = 0; i < forms.length; ++i) {
            _refuseSignature(patient);
            consents.grant(g, forms[i]);
        }
    }

    /// @dev The wrong-field matrix: a signature over one grant passes for no grant that differs in any one field.
    function testFuzz_refusesAGrantAlteredInAnyField(uint256 field, bytes32 other) public {
        IConsents.Grant memory g = _grant();
        Signature memory signature = _signGrant(g);
        bytes32 id = _grantDigest(address(consents), g);
        field %= 7;
        if (field == 0) g.patient = address(uint160(uint256(other)));
        if (field == 1) g.grantee = other;
        if (field == 2) g.purpose = other;
        if (field == 3) g.notBefore = uint64(uint256(other) % g.notAfter);
        if (field == 4) g.notAfter = uint64(NOW + 1 + (uint256(other) % 10_000 days));
        if (field == 5) g.scopeHash = other;
        if (field == 6) g.deadline = NOW + (uint256(other) % 10_000 days);
        vm.assume(_grantDigest(address(consents), g) != id);
        _refuseSignature(g.patient);
        consents.grant(g, signature);
    }

    function testFuzz_refusesAGrantSignedForAnotherChain(uint64 chain) public {
        vm.assume(chain != 0 && chain != HOME_CHAIN);
        IConsents.Grant memory g = _grant();
        Signature memory signature = _signGrant(g);
        vm.chainId(chain);
        _refuseSignature(patient);
        consents.grant(g, signature);
        vm.chainId(HOME_CHAIN);
        consents.grant(g, signature);
    }

    function test_refusesAGrantSignedForAnotherContract() public {
        Consents twin = new Consents(accreditation);
        IConsents.Grant memory g = _grant();
        Signature memory signature = _signGrant(g);
        _refuseSignature(patient);
        twin.grant(g, signature);
    }

    function test_refusesARevocationOrAnAccessInPlaceOfAGrant() public {
        IConsents.Grant memory g = _grant();
        bytes32 id = _grantDigest(address(consents), g);
        Signature memory revocation = _sign(PATIENT_KEY, _revocationDigest(id, g.deadline));
        _refuseSignature(patient);
        consents.grant(g, revocation);
        Signature memory access = _sign(PATIENT_KEY, _accessDigest(id, 0, g.deadline));
        _refuseSignature(patient);
        consents.grant(g, access);
    }

    // revoke

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

    // logAccess

    function testFuzz_logsAnAccess(address submitter, bytes32 accessHash, uint256 deadline) public {
        vm.assume(deadline >= NOW);
        (IConsents.Grant memory g, bytes32 id) = _granted();
        Signature memory signature = _sign(LINDQVIST_KEY, _accessDigest(id, accessHash, deadline));
        vm.expectEmit();
        emit IConsents.Accessed(id, LINDQVIST, accessHash);
        vm.prank(submitter);
        consents.logAccess(g, accessHash, deadline, signature);
        _refuse(
            abi.encodeWithSelector(
                IConsents.AlreadyAccessed.selector,
                _accessDigest(id, accessHash, deadline)
            )
        );
        consents.logAccess(g, accessHash, deadline, signature);
    }

    function test_logsTwoAccesses() public {
        (IConsents.Grant memory g, bytes32 id) = _granted();
        consents.logAccess(g, "1", NOW, _sign(LINDQVIST_KEY, _accessDigest(id, "1", NOW)));
        consents.logAccess(g, "2", NOW, _sign(LINDQVIST_KEY, _accessDigest(id, "2", NOW)));
    }

    function _refuseAccess(IConsents.Grant memory g, uint256 deadline, bytes memory reason) internal {
        Signature memory signature = _sign(
            LINDQVIST_KEY,
            _accessDigest(_grantDigest(address(consents), g), "x", deadline)
        );
        _refuse(reason);
        consents.logAccess(g, "x", deadline, signature);
    }

    function testFuzz_refusesAnAccessWhoseDeadlinePassed(uint256 deadline) public {
        (IConsents.Grant memory g, ) = _granted();
        vm.assume(deadline < NOW);
        _refuseAccess(g, deadline, abi.encodeWithSelector(IConsents.DeadlinePassed.selector, deadline));
    }

    function test_refusesAnAccessUnderAnUnknownGrant() public {
        IConsents.Grant memory g = _grant();
        bytes32 id = _grantDigest(address(consents), g);
        _refuseAccess(g, NOW, abi.encodeWithSelector(IConsents.UnknownGrant.selector, id));
        _revoke(id);
        _refuseAccess(g, NOW, abi.encodeWithSelector(IConsents.UnknownGrant.selector, id));
    }

    function test_refusesAnAccessUnderARevokedGrant() public {
        (IConsents.Grant memory g, bytes32 id) = _granted();
        _revoke(id);
        _refuseAccess(g, NOW, abi.encodeWithSelector(IConsents.AlreadyRevoked.selector, id));
    }

    function test_refusesAnAccessBeforeTheGrantBegins() public {
        IConsents.Grant memory g = _grant();
        g.notBefore = uint64(NOW + 1);
        consents.grant(g, _signGrant(g));
        bytes32 id = _grantDigest(address(consents), g);
        _refuseAccess(g, NOW, abi.encodeWithSelector(IConsents.NotBegun.selector, id, g.notBefore));
        vm.warp(NOW + 1);
        consents.logAccess(g, "x", NOW + 1, _sign(LINDQVIST_KEY, _accessDigest(id, "x", NOW + 1)));
    }

    function test_refusesAnAccessFromTheGrantsEndOn() public {
        (IConsents.Grant memory g, bytes32 id) = _granted();
        vm.warp(g.notAfter);
        _refuseAccess(g, g.notAfter, abi.encodeWithSelector(IConsents.Ended.selector, id, g.notAfter));
    }

    function test_refusesAnAccessByASuspendedOrganization() public {
        (IConsents.Grant memory g, ) = _granted();
        _suspend(LINDQVIST);
        _refuseAccess(
            g,
            NOW,
            abi.encodeWithSelector(
                IAccreditation.NotAccredited.selector,
                LINDQVIST,
                IAccreditation.Flaw.Suspended
            )
        );
    }

    function testFuzz_refusesAnAccessSignedByAnyoneElse(uint256 key) public {
        key = (key % (CURVE_ORDER - 1)) + 1;
        vm.assume(key != LINDQVIST_KEY);
        (IConsents.Grant memory g, bytes32 id) = _granted();
        Signature memory signature = _sign(key, _accessDigest(id, "x", NOW));
        _refuseSignature(vm.addr(LINDQVIST_KEY));
        consents.logAccess(g, "x", NOW, signature);
    }

    function test_refusesAnAccessSignedWithARotatedKey() public {
        (IConsents.Grant memory g, bytes32 id) = _granted();
        vm.prank(REGISTRAR);
        accreditation.update(LINDQVIST, _registration("Lindqvist Clinic", 0x777, "https://lindqvist.example"));
        Signature memory signature = _sign(LINDQVIST_KEY, _accessDigest(id, "x", NOW));
        _refuseSignature(vm.addr(0x777));
        consents.logAccess(g, "x", NOW, signature);
    }

    function testFuzz_refusesAnAccessAlteredInAnyField(bytes32 other, uint256 otherDeadline) public {
        vm.assume(other != "x" && otherDeadline > NOW);
        (IConsents.Grant memory g, bytes32 id) = _granted();
        Signature memory signature = _sign(LINDQVIST_KEY, _accessDigest(id, "x", NOW));
        address signer = vm.addr(LINDQVIST_KEY);
        _refuseSignature(signer);
        consents.logAccess(g, other, NOW, signature);
        _refuseSignature(signer);
        consents.logAccess(g, "x", otherDeadline, signature);
        g.scopeHash = other;
        consents.grant(g, _signGrant(g));
        _refuseSignature(signer);
        consents.logAccess(g, "x", NOW, signature);
    }

    function test_refusesEveryMalformedSignatureOfAnAccess() public {
        (IConsents.Grant memory g, bytes32 id) = _granted();
        Signature[] memory forms = _malformed(_sign(LINDQVIST_KEY, _accessDigest(id, "x", NOW)));
        for (uint256 i = 0; i < forms.length; ++i) {
            _refuseSignature(vm.addr(LINDQVIST_KEY));
            consents.logAccess(g, "x", NOW, forms[i]);
        }
    }

    function test_refusesAnAccessSignedForAnotherChain() public {
        (IConsents.Grant memory g, ) = _granted();
        vm.chainId(4242);
        bytes32 abroad = consents.grantId(g);
        // Abroad the grant itself has another id, so that it is not there at all.
        _refuse(abi.encodeWithSelector(IConsents.UnknownGrant.selector, abroad));
        consents.logAccess(g, "x", NOW, Signature(27, 0, 0));
    }
}
