// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsents} from "../interfaces/IConsents.sol";
import {IDelegations} from "../interfaces/IDelegations.sol";
import {Signature} from "../Signatures.sol";
import {ConsentsBase} from "./ConsentsBase.sol";

/// @dev A carer beside the patient.
abstract contract DelegationsBase is ConsentsBase {
    uint256 internal constant CARER_KEY = 0xCA4E;

    function _delegation(IDelegations.Role role) internal view returns (IDelegations.Delegation memory) {
        return
            IDelegations.Delegation({
                patient: patient,
                delegate: vm.addr(CARER_KEY),
                role: role,
                notBefore: uint64(NOW),
                notAfter: uint64(NOW + 30 days),
                deadline: NOW + 1 hours
            });
    }

    function _delegationDigest(IDelegations.Delegation memory d) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Delegation(address patient,address delegate,uint8 role,uint64 notBefore,uint64 notAfter,uint256 deadline)"
        );
        return _digest("Carekey Delegations", address(delegations), keccak256(abi.encode(typeHash, d)));
    }

    function _takesBack(uint256 key, bytes32 id, uint256 deadline) internal view returns (Signature memory) {
        bytes32 typeHash = keccak256("DelegationRevocation(bytes32 delegation,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, id, deadline));
        return _sign(key, _digest("Carekey Delegations", address(delegations), structHash));
    }

    function _delegated(IDelegations.Role role) internal returns (bytes32 id) {
        IDelegations.Delegation memory d = _delegation(role);
        id = _delegationDigest(d);
        delegations.delegate(d, _sign(PATIENT_KEY, id));
    }

    function _takeBack(bytes32 id) internal {
        Signature memory signature = _takesBack(PATIENT_KEY, id, NOW + 365 days);
        delegations.revokeDelegation(patient, id, NOW + 365 days, signature);
    }

    function _byCarer(IConsents.Grant memory g) internal view returns (Signature memory) {
        return _sign(CARER_KEY, _grantDigest(address(consents), g));
    }
}
