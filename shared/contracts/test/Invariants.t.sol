// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accreditation} from "../Accreditation.sol";
import {Consents} from "../Consents.sol";
import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IConsents} from "../interfaces/IConsents.sol";
import {Signature} from "../Signatures.sol";
import {Base} from "./Base.sol";
import {Vm} from "./Vm.sol";

/// @dev Everything that patients, a grantee, the clock and a hostile admin can do, in any order. It keeps a plain model of
/// what the ledger should hold. Only valid acts are submitted, so any revert is a fault.
contract World {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 internal constant LINDQVIST_KEY = 0x11DD;
    bytes32 internal constant LINDQVIST = keccak256("https://lindqvist.example/organization");
    uint256 public constant GRANTS = 6;

    struct Model {
        uint64 grantedAt;
        uint64 revokedAt;
        uint256 accesses;
    }

    Accreditation internal immutable ACCREDITATION;
    Consents internal immutable CONSENTS;
    address internal immutable ADMIN;
    uint256 internal _time;
    uint256 internal _block;
    uint256 internal _counter;
    mapping(uint256 => Model) public models;

    /// @dev What the registry said of the organization at the end of each block, from a first block on.
    address[] public pastSigners;
    bool[] public pastSuspensions;
    uint256 public immutable FIRST_BLOCK;

    constructor(Accreditation accreditation, Consents consents, address admin, uint256 start, uint256 startBlock) {
        (ACCREDITATION, CONSENTS, ADMIN, _time, _block) = (accreditation, consents, admin, start, startBlock);
        FIRST_BLOCK = startBlock;
    }

    modifier atNow() {
        vm.warp(_time);
        vm.roll(_block);
        _;
    }

    function patientKey(uint256 index) public pure returns (uint256) {
        return 0xA11CE + (index % 2);
    }

    function grantOf(uint256 index) public pure returns (IConsents.Grant memory) {
        uint64 start = 1_800_000_000 + uint64(index) * 1 days;
        return
            IConsents.Grant({
                patient: vm.addr(patientKey(index)),
                grantee: LINDQVIST,
                purpose: "TREAT",
                notBefore: start,
                notAfter: start + 3 days,
                scopeHash: bytes32(index),
                deadline: start + 2 days
            });
    }

    function sign(uint256 key, bytes32 typeHash, bytes memory fields) public view returns (Signature memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Carekey Consents"),
                keccak256("1"),
                block.chainid,
                address(CONSENTS)
            )
        );
        bytes32 structHash = keccak256(abi.encodePacked(typeHash, fields));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        return Signature(v, r, s);
    }

    function signGrant(uint256 index) public view returns (Signature memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(patientKey(index), CONSENTS.grantId(grantOf(index)));
        return Signature(v, r, s);
    }

    function signRevocation(uint256 index) public view returns (Signature memory) {
        bytes32 id = CONSENTS.grantId(grantOf(index));
        bytes32 typeHash = keccak256("Revocation(bytes32 grant,uint256 deadline)");
        return sign(patientKey(index), typeHash, abi.encode(id, type(uint256).max));
    }

    function grant(uint256 index) external atNow {
        index %= GRANTS;
        Model storage model = models[index];
        IConsents.Grant memory g = grantOf(index);
        if (model.grantedAt != 0 || model.revokedAt != 0 || _time > g.deadline) return;
        if (!ACCREDITATION.isAccredited(LINDQVIST)) return;
        CONSENTS.grant(g, signGrant(index));
        model.grantedAt = uint64(_time);
    }

    function revoke(uint256 index) external atNow {
        index %= GRANTS;
        if (models[index].revokedAt != 0) return;
        IConsents.Grant memory g = grantOf(index);
        CONSENTS.revoke(g.patient, CONSENTS.grantId(g), type(uint256).max, signRevocation(index));
        models[index].revokedAt = uint64(_time);
    }

    function logAccess(uint256 index) external atNow {
        index %= GRANTS;
        IConsents.Grant memory g = grantOf(index);
        bytes32 id = CONSENTS.grantId(g);
        if (!CONSENTS.isActive(g.patient, id) || !ACCREDITATION.isAccredited(LINDQVIST)) return;
        if (ACCREDITATION.requireAccredited(LINDQVIST) != vm.addr(LINDQVIST_KEY)) return;
        bytes32 accessHash = bytes32(++_counter);
        bytes32 typeHash = keccak256("Access(bytes32 grant,bytes32 accessHash,uint256 deadline)");
        CONSENTS.logAccess(
            g,
            accessHash,
            type(uint256).max,
            sign(LINDQVIST_KEY, typeHash, abi.encode(id, accessHash, type(uint256).max))
        );
        models[index].accesses++;
    }

    /// @dev The past is written down before time moves on, to be compared with what the registry says of it later.
    function wait(uint32 duration) external atNow {
        IAccreditation.Organization memory o = ACCREDITATION.organization(LINDQVIST);
        pastSigners.push(o.signer);
        pastSuspensions.push(o.suspended);
        _time += duration % 2 days;
        _block += 1;
        vm.warp(_time);
        vm.roll(_block);
    }

    function pastLength() external view returns (uint256) {
        return pastSigners.length;
    }

    /// @dev The admin's key is stolen: it appoints itself registrar, takes over the grantee's key, suspends, reinstates,
    /// registers accomplices, hands the admin role on. And it tries every act on consents with its own key.
    function attack(uint256 choice, uint256 index, bytes32 noise) external atNow {
        index %= GRANTS;
        IConsents.Grant memory g = grantOf(index);
        bytes32 id = CONSENTS.grantId(g);
        bytes32 role = ACCREDITATION.REGISTRAR_ROLE();
        vm.startPrank(ADMIN);
        if (!ACCREDITATION.hasRole(role, ADMIN)) ACCREDITATION.grantRole(role, ADMIN);
        bool suspended = ACCREDITATION.organization(LINDQVIST).suspended;
        choice %= 5;
        if (choice == 0) {
            if (suspended) ACCREDITATION.reinstate(LINDQVIST);
            else ACCREDITATION.suspend(LINDQVIST);
        } else if (choice == 1) {
            uint256 key = uint256(noise) % 2 == 0 ? LINDQVIST_KEY : 0xE0;
            ACCREDITATION.update(LINDQVIST, _statement(vm.addr(key), "https://lindqvist.example"));
        } else if (choice == 2) {
            string memory origin = string(abi.encodePacked(keccak256(abi.encode(noise, _counter))));
            address signer = address(uint160(uint256(keccak256(abi.encode(_counter++, noise)))));
            ACCREDITATION.register(keccak256(abi.encode(noise, _counter)), _statement(signer, origin));
        } else if (choice == 3) {
            ACCREDITATION.beginDefaultAdminTransfer(address(uint160(uint256(noise))));
        } else {
            (bool granted, ) = address(CONSENTS).call(
                abi.encodeCall(IConsents.grant, (g, sign(0xE0, noise, abi.encode(g))))
            );
            bytes32 typeHash = keccak256("Revocation(bytes32 grant,uint256 deadline)");
            Signature memory forged = sign(0xE0, typeHash, abi.encode(id, type(uint256).max));
            (bool revoked, ) = address(CONSENTS).call(
                abi.encodeCall(IConsents.revoke, (g.patient, id, type(uint256).max, forged))
            );
            require(!granted && !revoked, "the admin forged an act");
        }
        vm.stopPrank();
    }

    function _statement(
        address signer,
        string memory origin
    ) internal view returns (IAccreditation.Registration memory) {
        string[] memory origins = new string[](1);
        origins[0] = origin;
        return
            IAccreditation.Registration({
                name: "x",
                signer: signer,
                recipient: "x",
                origins: origins,
                validFrom: uint64(_time),
                validUntil: uint64(_time + 365 days)
            });
    }

    function time() external view returns (uint256) {
        return _time;
    }

    function height() external view returns (uint256) {
        return _block;
    }
}

/// @dev T27, T29 and T32 of the threats: what must hold after any sequence of acts.
contract InvariantsTest is Base {
    World internal world;

    function setUp() public override {
        super.setUp();
        world = new World(accreditation, consents, ADMIN, NOW, 100);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(world);
    }

    /// @dev No act of an admin, and no act without the patient's signature, changes a consent: the ledger equals the model,
    /// which only the patient's own acts change.
    function invariant_consentsAreWhatThePatientsSigned() external {
        vm.warp(world.time());
        for (uint256 i = 0; i < world.GRANTS(); ++i) {
            IConsents.Grant memory g = world.grantOf(i);
            bytes32 id = consents.grantId(g);
            (uint64 grantedAt, uint64 revokedAt, ) = world.models(i);
            (uint64 actualGrantedAt, uint64 from, uint64 until, uint64 actualRevokedAt) = consents.stateOf(g.patient, id);
            require(actualGrantedAt == grantedAt && actualRevokedAt == revokedAt, "times");
            require(grantedAt == 0 ? from == 0 && until == 0 : from == g.notBefore && until == g.notAfter, "period");
            bool live = grantedAt != 0 && revokedAt == 0 && g.notBefore <= world.time() && world.time() < g.notAfter;
            require(consents.isActive(g.patient, id) == live, "active");
        }
    }

    function invariant_aValidRevokeSucceedsInEveryState() external {
        vm.warp(world.time());
        uint256 snapshot = vm.snapshotState();
        for (uint256 i = 0; i < world.GRANTS(); ++i) {
            (, uint64 revokedAt, ) = world.models(i);
            if (revokedAt != 0) continue;
            IConsents.Grant memory g = world.grantOf(i);
            bytes32 id = consents.grantId(g);
            consents.revoke(g.patient, id, type(uint256).max, world.signRevocation(i));
            require(!consents.isActive(g.patient, id), "active after revoke");
        }
        vm.revertToState(snapshot);
    }

    function invariant_nothingIsUsedTwice() external {
        vm.warp(world.time());
        for (uint256 i = 0; i < world.GRANTS(); ++i) {
            (uint64 grantedAt, uint64 revokedAt, ) = world.models(i);
            IConsents.Grant memory g = world.grantOf(i);
            bytes32 id = consents.grantId(g);
            Signature memory signature = world.signGrant(i);
            if (grantedAt != 0 || revokedAt != 0) {
                vm.expectRevert();
                consents.grant(g, signature);
            }
            signature = world.signRevocation(i);
            if (revokedAt != 0) {
                vm.expectRevert();
                consents.revoke(g.patient, id, type(uint256).max, signature);
            }
        }
    }

    function invariant_historyIsAppendOnly() external {
        vm.roll(world.height());
        for (uint256 i = 0; i < world.pastLength(); ++i) {
            (address signer, , , bool suspended) = accreditation.accreditationAt(LINDQVIST, world.FIRST_BLOCK() + i);
            require(signer == world.pastSigners(i), "a past signer changed");
            require(suspended == world.pastSuspensions(i), "a past suspension changed");
        }
    }
}
