// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsents} from "../interfaces/IConsents.sol";
import {IDelegations} from "../interfaces/IDelegations.sol";
import {Signature} from "../Signatures.sol";
import {ConsentsBase} from "./ConsentsBase.sol";
import {Vm} from "./Vm.sol";

/// @dev Two patients, three carers of each (who may watch, decide, and only revoke), six grants, and a stranger, in any
/// order. Every act is tried, whether or not it may pass, and must pass exactly when the plain model says so.
contract DelegationWorld is ConsentsBase {
    struct Model {
        uint64 grantedAt;
        uint64 revokedAt;
    }

    struct Carer {
        bool submitted;
        bool revoked;
    }

    uint256 public constant GRANTS = 6;
    uint256 public constant CARERS = 6;
    uint256 internal constant FOREVER = type(uint256).max;

    Model[GRANTS] internal _models;
    Carer[CARERS] internal _carers;
    uint256 internal _time = NOW;

    constructor() {
        super.setUp();
    }

    modifier atNow() {
        vm.warp(_time);
        _;
    }

    /// @dev All is set up by the constructor.
    function setUp() public override {}

    function delegate(uint256 which) external atNow {
        Carer storage carer = _carers[which % CARERS];
        IDelegations.Delegation memory d = delegationOf(which);
        bool may = !carer.submitted && !carer.revoked && d.notAfter > _time;
        Signature memory signature = _sign(_patientKey(which), delegations.delegationId(d));
        (bool done, ) = address(delegations).call(abi.encodeCall(IDelegations.delegate, (d, signature)));
        require(done == may, "delegate");
        if (done) carer.submitted = true;
    }

    function revokeDelegation(uint256 which) external atNow {
        Carer storage carer = _carers[which % CARERS];
        bytes32 id = delegations.delegationId(delegationOf(which));
        bytes32 typeHash = keccak256("DelegationRevocation(bytes32 delegation,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, id, FOREVER));
        bytes32 digest = _digest("Carekey Delegations", address(delegations), structHash);
        Signature memory signature = _sign(_patientKey(which), digest);
        (bool done, ) = address(delegations).call(
            abi.encodeCall(IDelegations.revokeDelegation, (delegationOf(which).patient, id, FOREVER, signature))
        );
        require(done == !carer.revoked, "revokeDelegation");
        carer.revoked = true;
    }

    function grant(uint256 index) external atNow {
        IConsents.Grant memory g = grantOf(index);
        Signature memory signature = _sign(_patientKey(index), consents.grantId(g));
        (bool done, ) = address(consents).call(abi.encodeCall(IConsents.grant, (g, signature)));
        require(done == _mayBegin(index), "grant");
        if (done) _models[index % GRANTS].grantedAt = uint64(_time);
    }

    function grantFor(uint256 index, uint256 which) external atNow {
        IConsents.Grant memory g = grantOf(index);
        IDelegations.Delegation memory d = delegationOf(which);
        bool may = _isLive(which) && d.role == IDelegations.Role.Decide && d.patient == g.patient;
        may = may && g.notAfter <= d.notAfter && _mayBegin(index);
        Signature memory signature = _sign(_carerKey(which), consents.grantId(g));
        (bool done, ) = address(consents).call(
            abi.encodeCall(IConsents.grantFor, (delegations.delegationId(d), g, signature))
        );
        require(done == may, "grantFor");
        if (done) _models[index % GRANTS].grantedAt = uint64(_time);
    }

    function revoke(uint256 index) external atNow {
        Model storage model = _models[index % GRANTS];
        IConsents.Grant memory g = grantOf(index);
        Signature memory signature = _sign(_patientKey(index), _revocationDigest(consents.grantId(g), FOREVER));
        (bool done, ) = address(consents).call(
            abi.encodeCall(IConsents.revoke, (g.patient, consents.grantId(g), FOREVER, signature))
        );
        require(done == (model.revokedAt == 0), "revoke");
        if (done) model.revokedAt = uint64(_time);
    }

    function revokeFor(uint256 index, uint256 which) external atNow {
        Model storage model = _models[index % GRANTS];
        IConsents.Grant memory g = grantOf(index);
        IDelegations.Delegation memory d = delegationOf(which);
        bool may = _isLive(which) && d.role != IDelegations.Role.Watch && d.patient == g.patient;
        may = may && model.revokedAt == 0;
        bytes32 id = consents.grantId(g);
        Signature memory signature = _sign(_carerKey(which), _revocationDigest(id, FOREVER));
        (bool done, ) = address(consents).call(
            abi.encodeCall(
                IConsents.revokeFor,
                (delegations.delegationId(d), g.patient, id, FOREVER, signature)
            )
        );
        require(done == may, "revokeFor");
        if (done) model.revokedAt = uint64(_time);
    }

    function replace(uint256 former, uint256 index) external atNow {
        // Another patient's grant is not this one's to replace: revoked under this patient's name it is another slot.
        if (_patientKey(former) != _patientKey(index)) return;
        IConsents.Grant memory g = grantOf(index);
        bytes32 formerId = consents.grantId(grantOf(former));
        bool may = former % GRANTS != index % GRANTS && _models[former % GRANTS].revokedAt == 0 && _mayBegin(index);
        Signature memory revocation = _sign(_patientKey(index), _revocationDigest(formerId, FOREVER));
        Signature memory signature = _sign(_patientKey(index), consents.grantId(g));
        (bool done, ) = address(consents).call(
            abi.encodeCall(IConsents.replace, (formerId, FOREVER, revocation, g, signature))
        );
        require(done == may, "replace");
        if (!done) return;
        _models[former % GRANTS].revokedAt = uint64(_time);
        _models[index % GRANTS].grantedAt = uint64(_time);
    }

    /// @dev Someone who was never named, and carers beyond what they were named for, by every way there is.
    function strangerTries(uint256 index, uint256 which, bytes32 delegation) external atNow {
        IConsents.Grant memory g = grantOf(index);
        bytes32 id = consents.grantId(g);
        Signature memory forged = _sign(STRANGER_KEY, id);
        (bool a, ) = address(consents).call(abi.encodeCall(IConsents.grant, (g, forged)));
        (bool b, ) = address(consents).call(abi.encodeCall(IConsents.grantFor, (delegation, g, forged)));
        bytes32 known = delegations.delegationId(delegationOf(which));
        (bool c, ) = address(consents).call(abi.encodeCall(IConsents.grantFor, (known, g, forged)));
        // A carer's signature is no patient's.
        Signature memory carers = _sign(_carerKey(which), id);
        (bool d, ) = address(consents).call(abi.encodeCall(IConsents.grant, (g, carers)));
        require(!a && !b && !c && !d, "a stranger opened a record");
    }

    function wait(uint32 duration) external {
        _time += duration % 2 days;
        vm.warp(_time);
    }

    function time() external view returns (uint256) {
        return _time;
    }

    function modelOf(uint256 index) external view returns (Model memory) {
        return _models[index % GRANTS];
    }

    function ledger() external view returns (IConsents) {
        return consents;
    }

    function grantOf(uint256 index) public view returns (IConsents.Grant memory g) {
        index %= GRANTS;
        g = _grant();
        (g.patient, g.scopeHash) = (vm.addr(_patientKey(index)), bytes32(index));
        g.notBefore = uint64(NOW + index * 1 days);
        g.notAfter = g.notBefore + 3 days;
        g.deadline = g.notBefore + 2 days;
    }

    /// @dev Carer 0, 2, 4 are the first patient's, 1, 3, 5 the other's: to watch, to decide, to revoke only.
    function delegationOf(uint256 which) public pure returns (IDelegations.Delegation memory) {
        which %= CARERS;
        uint64 from = uint64(NOW + which * 12 hours);
        IDelegations.Role role = IDelegations.Role(1 + which / 2);
        address carer = vm.addr(_carerKey(which));
        return IDelegations.Delegation(vm.addr(_patientKey(which)), carer, role, from, from + 6 days, FOREVER);
    }

    function _patientKey(uint256 index) internal pure returns (uint256) {
        return PATIENT_KEY + ((index % GRANTS) % 2);
    }

    function _carerKey(uint256 which) internal pure returns (uint256) {
        return 0xCA4E + (which % CARERS);
    }

    function _isLive(uint256 which) internal view returns (bool) {
        Carer memory carer = _carers[which % CARERS];
        IDelegations.Delegation memory d = delegationOf(which);
        return carer.submitted && !carer.revoked && d.notBefore <= _time && _time < d.notAfter;
    }

    function _mayBegin(uint256 index) internal view returns (bool) {
        Model memory model = _models[index % GRANTS];
        IConsents.Grant memory g = grantOf(index);
        return model.grantedAt == 0 && model.revokedAt == 0 && _time <= g.deadline && g.notAfter > _time;
    }
}

/// @dev Nobody but the patient or a live delegate widens access, by any sequence of acts. The world requires of each act
/// that it passes exactly when it may.
contract DelegationInvariantsTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    DelegationWorld internal world;

    function setUp() external {
        world = new DelegationWorld();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(world);
    }

    function invariant_onlyThePatientOrALiveDelegateWidensAccess() external {
        vm.warp(world.time());
        for (uint256 i = 0; i < world.GRANTS(); ++i) {
            DelegationWorld.Model memory model = world.modelOf(i);
            IConsents.Grant memory g = world.grantOf(i);
            bytes32 id = world.ledger().grantId(g);
            (uint64 grantedAt, , , uint64 revokedAt) = world.ledger().stateOf(g.patient, id);
            require(grantedAt == model.grantedAt && revokedAt == model.revokedAt, "times");
            bool live = grantedAt != 0 && revokedAt == 0 && g.notBefore <= world.time() && world.time() < g.notAfter;
            require(world.ledger().isActive(g.patient, id) == live, "active");
        }
    }
}
