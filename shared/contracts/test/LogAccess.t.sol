// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IConsents} from "../interfaces/IConsents.sol";
import {Signature} from "../Signatures.sol";
import {ConsentsBase} from "./ConsentsBase.sol";

contract LogAccessTest is ConsentsBase {
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
