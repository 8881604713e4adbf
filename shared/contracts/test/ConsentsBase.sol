// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsents} from "../interfaces/IConsents.sol";
import {Signature} from "../Signatures.sol";
import {Base} from "./Base.sol";

/// @dev Grants, and how patients and grantees sign.
abstract contract ConsentsBase is Base {
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
}
