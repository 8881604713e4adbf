// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EmergencyAccess} from "../EmergencyAccess.sol";
import {IEmergencyAccess} from "../interfaces/IEmergencyAccess.sol";
import {IPractitioners} from "../interfaces/IPractitioners.sol";
import {Practitioners} from "../Practitioners.sol";
import {Signature} from "../Signatures.sol";
import {Base} from "./Base.sol";

/// @dev St. Brigid has an emergency practitioner, Lindqvist a physician; one guardian may veto.
abstract contract EmergencyBase is Base {
    uint256 internal constant MEDIC_KEY = 0x3D1C;
    uint256 internal constant PHYSICIAN_KEY = 0x9D;
    uint256 internal constant GUARDIAN_KEY = 0x6A;
    bytes32 internal constant MEDIC = "medic";
    bytes32 internal constant PHYSICIAN = "physician";
    bytes32 internal constant SALT = keccak256("salt");
    uint32 internal constant WAIT = 10 minutes;
    uint32 internal constant WINDOW = 2 hours;
    Practitioners internal practitioners;
    EmergencyAccess internal emergency;

    function setUp() public virtual override {
        super.setUp();
        practitioners = new Practitioners(accreditation);
        emergency = new EmergencyAccess(practitioners, accreditation);
        _employ(MEDIC, ST_BRIGID, MEDIC_KEY, IPractitioners.Role.Emergency);
        _employ(PHYSICIAN, LINDQVIST, PHYSICIAN_KEY, IPractitioners.Role.Physician);
    }

    function _employ(bytes32 id, bytes32 organization, uint256 key, IPractitioners.Role role) internal {
        uint64 until = uint64(NOW + 365 days);
        vm.prank(REGISTRAR);
        practitioners.register(id, organization, IPractitioners.Statement(role, vm.addr(key), uint64(NOW), until));
    }

    function _list(bytes32 organization) internal pure returns (bytes32[] memory list) {
        list = new bytes32[](2);
        (list[0], list[1]) = (keccak256("another"), organization);
    }

    /// @dev The guardian's leaf and one neighbour.
    function _guardians() internal pure returns (bytes32 root, bytes32[] memory proof) {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(vm.addr(GUARDIAN_KEY), SALT))));
        proof = new bytes32[](1);
        proof[0] = keccak256("neighbour");
        (bytes32 a, bytes32 b) = leaf < proof[0] ? (leaf, proof[0]) : (proof[0], leaf);
        root = keccak256(abi.encodePacked(a, b));
    }

    function _policy() internal view returns (IEmergencyAccess.Policy memory p) {
        p.patient = patient;
        p.allowed = true;
        (p.waitSeconds, p.windowSeconds, p.threshold, p.holders) = (WAIT, WINDOW, 2, 3);
        p.organizations = new bytes32[](0);
        (p.guardians, ) = _guardians();
        p.holdersHash = keccak256("holders");
        p.round = 1;
        p.deadline = NOW + 365 days;
    }

    function _signed(uint256 key, bytes memory encoded) internal view returns (Signature memory) {
        return _sign(key, _digest("Carekey Emergency", address(emergency), keccak256(encoded)));
    }

    function _signPolicy(IEmergencyAccess.Policy memory p, uint256 key) internal view returns (Signature memory) {
        bytes32 typeHash = keccak256(
            "Policy(address patient,bool allowed,uint32 waitSeconds,uint32 windowSeconds,uint8 threshold,uint8 holders,bytes32[] organizations,bytes32 guardians,bytes32 holdersHash,uint256 round,uint256 deadline)"
        );
        bytes memory first = abi.encode(typeHash, p.patient, p.allowed, p.waitSeconds, p.windowSeconds, p.threshold);
        bytes32 list = keccak256(abi.encodePacked(p.organizations));
        bytes memory second = abi.encode(p.holders, list, p.guardians, p.holdersHash, p.round, p.deadline);
        return _signed(key, bytes.concat(first, second));
    }

    function _state(IEmergencyAccess.Policy memory p) internal {
        emergency.statePolicy(p, _signPolicy(p, PATIENT_KEY));
    }

    function _opening() internal view returns (IEmergencyAccess.Opening memory) {
        bytes32 detail = keccak256("detail");
        return IEmergencyAccess.Opening(patient, MEDIC, IEmergencyAccess.Reason.CannotConsent, detail, NOW + 1 hours);
    }

    function _signOpening(IEmergencyAccess.Opening memory o, uint256 key) internal view returns (Signature memory) {
        bytes32 typeHash = keccak256(
            "Opening(address patient,bytes32 practitioner,uint8 reason,bytes32 detailHash,uint256 deadline)"
        );
        return _signed(key, abi.encode(typeHash, o));
    }

    /// @dev A case under the usual policy.
    function _opened() internal returns (IEmergencyAccess.Opening memory o, bytes32 id) {
        _state(_policy());
        o = _opening();
        id = emergency.caseId(o);
        emergency.open(o, new bytes32[](0), _signOpening(o, MEDIC_KEY));
    }

    function _signVeto(bytes32 id, uint256 key, uint256 deadline) internal view returns (Signature memory) {
        return _signed(key, abi.encode(keccak256("Veto(bytes32 opening,uint256 deadline)"), id, deadline));
    }

    function _veto(bytes32 id) internal {
        Signature memory signature = _signVeto(id, PATIENT_KEY, type(uint256).max);
        emergency.veto(patient, id, patient, 0, new bytes32[](0), type(uint256).max, signature);
    }

    function _review(bytes32 id) internal {
        vm.prank(REGISTRAR);
        emergency.review(patient, id, true, keccak256("findings"));
    }

    function _stateOf(bytes32 id) internal view returns (IEmergencyAccess.State state) {
        (state, ) = emergency.caseOf(patient, id);
    }
}
