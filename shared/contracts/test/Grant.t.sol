// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Consents} from "../Consents.sol";
import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IConsents} from "../interfaces/IConsents.sol";
import {Signature} from "../Signatures.sol";
import {ConsentsBase} from "./ConsentsBase.sol";

contract GrantTest is ConsentsBase {
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

    function test_isActiveFromTheFirstSecondToTheLast() public {
        IConsents.Grant memory g = _grant();
        (g.notBefore, g.notAfter) = (uint64(NOW + 10), uint64(NOW + 20));
        bytes32 id = _grantDigest(address(consents), g);
        consents.grant(g, _signGrant(g));
        for (uint256 time = NOW; time < NOW + 30; ++time) {
            vm.warp(time);
            require(consents.isActive(patient, id) == (NOW + 10 <= time && time < NOW + 20), "active");
        }
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
        Consents twin = new Consents(accreditation, delegations);
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

    /// @dev Bits beyond a field's type make another digest; no such grant comes in, even signed by the patient.
    function test_refusesAFieldWithBitsBeyondItsType() public {
        uint256[3] memory fields = [uint256(0), 3, 4];
        for (uint256 i = 0; i < fields.length; ++i) {
            (bool passed, ) = _submitRaw(fields[i], 0x01);
            require(!passed, "passed");
        }
        (bool untouched, ) = _submitRaw(0, 0x00);
        require(untouched, "the same call with no such bit");
    }

    function _submitRaw(uint256 field, bytes1 highest) internal returns (bool, bytes memory) {
        bytes memory words = abi.encode(_grant());
        words[field * 32] = highest;
        bytes32 typeHash = keccak256(
            "Grant(address patient,bytes32 grantee,bytes32 purpose,uint64 notBefore,uint64 notAfter,bytes32 scopeHash,uint256 deadline)"
        );
        bytes32 digest = _digest(
            "Carekey Consents",
            address(consents),
            keccak256(abi.encodePacked(typeHash, words))
        );
        return
            address(consents).call(
                abi.encodePacked(IConsents.grant.selector, words, abi.encode(_sign(PATIENT_KEY, digest)))
            );
    }
}
