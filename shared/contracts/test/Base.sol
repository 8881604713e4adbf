// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accreditation} from "../Accreditation.sol";
import {Consents} from "../Consents.sol";
import {Delegations} from "../Delegations.sol";
import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {Records} from "../Records.sol";
import {Signature, Signatures} from "../Signatures.sol";
import {Vm} from "./Vm.sol";

/// @dev A chain with the three contracts, one registrar and two accredited organizations.
abstract contract Base {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    uint256 internal constant NOW = 1_800_000_000;
    uint256 internal constant HOME_CHAIN = 31_337;
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
    Delegations internal delegations;
    Records internal records;

    function setUp() public virtual {
        vm.chainId(HOME_CHAIN);
        vm.warp(NOW);
        vm.roll(100);
        patient = vm.addr(PATIENT_KEY);
        accreditation = new Accreditation(ADMIN_DELAY, ADMIN);
        delegations = new Delegations();
        consents = new Consents(accreditation, delegations);
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

    function _sign(uint256 key, bytes32 digest) internal pure returns (Signature memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return Signature(v, r, s);
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

    /// @dev Every form of a good signature that must not pass.
    function _malformed(Signature memory good) internal pure returns (Signature[] memory forms) {
        (uint8 v, bytes32 r, bytes32 s) = (good.v, good.r, good.s);
        bytes32 n = bytes32(CURVE_ORDER);
        bytes32 highS = bytes32(CURVE_ORDER - uint256(s));
        uint8 otherV = v == 27 ? 28 : 27;
        forms = new Signature[](14);
        forms[0] = Signature(otherV, r, highS);
        forms[1] = Signature(v, r, highS);
        forms[2] = Signature(otherV, r, s);
        forms[3] = Signature(v - 27, r, s);
        forms[4] = Signature(otherV - 27, r, s);
        forms[5] = Signature(29, r, s);
        forms[6] = Signature(255, r, s);
        forms[7] = Signature(v, r, bytes32(uint256(s) | (uint256(v - 27) << 255)));
        forms[8] = Signature(v, 0, s);
        forms[9] = Signature(v, r, 0);
        forms[10] = Signature(v, n, s);
        forms[11] = Signature(v, r, n);
        forms[12] = Signature(0, 0, 0);
        forms[13] = Signature(v, s, r);
        // With v 27 the folded form of EIP-2098 is the signature itself.
        if (v == 27) forms[7] = forms[0];
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
