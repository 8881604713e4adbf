// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accreditation} from "../Accreditation.sol";
import {Consents} from "../Consents.sol";
import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {Records} from "../Records.sol";
import {Signatures} from "../Signatures.sol";
import {Vm} from "./Vm.sol";

/// @dev A chain with the three contracts, one registrar and two accredited organizations.
abstract contract Base {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    uint256 internal constant NOW = 1_800_000_000;
    uint48 internal constant ADMIN_DELAY = 2 days;

    uint256 internal constant PATIENT_KEY = 0xA11CE;
    uint256 internal constant STRANGER_KEY = 0xBAD;
    uint256 internal constant ST_BRIGID_KEY = 0x57B1D;
    uint256 internal constant LINDQVIST_KEY = 0x11DD;
    bytes32 internal constant ST_BRIGID = keccak256("https://st-brigid.example/organization");
    bytes32 internal constant LINDQVIST = keccak256("https://lindqvist.example/organization");

    address internal constant ADMIN = address(0xAD);
    address internal constant REGISTRAR = address(0x4E6);

    address internal patient;
    Accreditation internal accreditation;
    Consents internal consents;
    Records internal records;

    function setUp() public virtual {
        vm.warp(NOW);
        vm.roll(100);
        patient = vm.addr(PATIENT_KEY);
        accreditation = new Accreditation(ADMIN_DELAY, ADMIN);
        consents = new Consents(accreditation);
        records = new Records(accreditation);
        bytes32 role = accreditation.REGISTRAR_ROLE();
        vm.prank(ADMIN);
        accreditation.grantRole(role, REGISTRAR);
        _register(ST_BRIGID, _registration("St. Brigid Hospital", ST_BRIGID_KEY, "https://st-brigid.example"));
        _register(LINDQVIST, _registration("Lindqvist Clinic", LINDQVIST_KEY, "https://lindqvist.example"));
    }

    function _registration(
        string memory name,
        uint256 key,
        string memory origin
    ) internal pure returns (IAccreditation.Registration memory) {
        string[] memory origins = new string[](1);
        origins[0] = origin;
        return
            IAccreditation.Registration({
                name: name,
                signer: vm.addr(key),
                recipient: "age1pq1example",
                origins: origins,
                validFrom: uint64(NOW - 1 days),
                validUntil: uint64(NOW + 365 days)
            });
    }

    function _register(bytes32 id, IAccreditation.Registration memory registration) internal {
        vm.prank(REGISTRAR);
        accreditation.register(id, registration);
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev Written out here on its own, so that the contracts' hashing is checked against another.
    function _digest(string memory name, address target, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                target
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    /// @dev Every form of a good signature that must not pass: other s, other v, other length.
    function _malformed(bytes memory good) internal pure returns (bytes[] memory forms) {
        (bytes32 r, bytes32 s, uint8 v) = _split(good);
        uint256 n = CURVE_ORDER;
        bytes32 highS = bytes32(n - uint256(s));
        forms = new bytes[](16);
        forms[0] = abi.encodePacked(r, highS, v == 27 ? uint8(28) : uint8(27));
        forms[1] = abi.encodePacked(r, highS, v);
        forms[2] = abi.encodePacked(r, s, v == 27 ? uint8(28) : uint8(27));
        forms[3] = abi.encodePacked(r, s, v - 27);
        forms[4] = abi.encodePacked(r, s, uint8(29));
        forms[5] = abi.encodePacked(r, s, uint8(255));
        forms[6] = abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255)));
        forms[7] = abi.encodePacked(good, hex"00");
        forms[8] = "";
        forms[9] = abi.encodePacked(r, s);
        forms[10] = abi.encodePacked(bytes32(0), s, v);
        forms[11] = abi.encodePacked(r, bytes32(0), v);
        forms[12] = abi.encodePacked(bytes32(n), s, v);
        forms[13] = abi.encodePacked(r, bytes32(n), v);
        forms[14] = abi.encodePacked(bytes32(0), bytes32(0), uint8(0));
        forms[15] = abi.encodePacked(s, r, v);
    }

    function _split(bytes memory signature) internal pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
            v := byte(0, mload(add(signature, 0x60)))
        }
    }

    function _refuse(bytes memory reason) internal {
        vm.expectRevert(reason);
    }

    function _refuseSignature(address expected) internal {
        vm.expectRevert(abi.encodeWithSelector(Signatures.InvalidSignature.selector, expected));
    }

    function _refuseOrganization(bytes32 id, IAccreditation.Flaw flaw) internal {
        vm.expectRevert(abi.encodeWithSelector(IAccreditation.NotAccredited.selector, id, flaw));
    }

    function _suspend(bytes32 id) internal {
        vm.prank(REGISTRAR);
        accreditation.suspend(id);
    }
}
