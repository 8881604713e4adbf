// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IPractitioners} from "../interfaces/IPractitioners.sol";
import {Practitioners} from "../Practitioners.sol";
import {Base} from "./Base.sol";

contract PractitionersTest is Base {
    bytes32 internal constant FARAH = keccak256("https://st-brigid.example/practitioners/farah");
    bytes32 internal constant OKORO = keccak256("https://lindqvist.example/practitioners/okoro");
    uint256 internal constant FARAH_KEY = 0xFA;
    Practitioners internal practitioners;

    function setUp() public override {
        super.setUp();
        practitioners = new Practitioners(accreditation);
        _registerPractitioner(FARAH, ST_BRIGID, _statement(FARAH_KEY));
    }

    function _statement(uint256 key) internal pure returns (IPractitioners.Statement memory) {
        return
            IPractitioners.Statement({
                role: IPractitioners.Role.Physician,
                signer: vm.addr(key),
                validFrom: uint64(NOW - 1 days),
                validUntil: uint64(NOW + 300 days)
            });
    }

    function _registerPractitioner(bytes32 id, bytes32 org, IPractitioners.Statement memory s) internal {
        vm.prank(REGISTRAR);
        practitioners.register(id, org, s);
    }

    function _update(bytes32 id, IPractitioners.Statement memory s) internal {
        vm.prank(REGISTRAR);
        practitioners.update(id, s);
    }

    function _setSuspended(bytes32 id, bool suspended) internal {
        vm.prank(REGISTRAR);
        if (suspended) practitioners.suspend(id);
        else practitioners.reinstate(id);
    }

    function _refuseStatement(IPractitioners.Statement memory s, bytes memory reason) internal {
        _refuse(reason);
        _registerPractitioner(OKORO, LINDQVIST, s);
        _refuse(reason);
        _update(FARAH, s);
    }

    function _refusePractitioner(bytes32 id, IPractitioners.PractitionerFlaw flaw) internal {
        _refuse(abi.encodeWithSelector(IPractitioners.PractitionerNotAccredited.selector, id, flaw));
        practitioners.requireAccredited(id);
        require(!practitioners.isAccredited(id), "accredited");
    }

    function testFuzz_registersAPractitioner(uint8 role, uint40 from, uint40 until, address signer) public {
        vm.assume(signer != address(0) && signer != vm.addr(FARAH_KEY) && from < until);
        IPractitioners.Role given = IPractitioners.Role(1 + (role % 5));
        vm.expectEmit();
        emit IPractitioners.PractitionerRegistered(OKORO, LINDQVIST, signer);
        _registerPractitioner(OKORO, LINDQVIST, IPractitioners.Statement(given, signer, from, until));
        IPractitioners.Practitioner memory p = practitioners.practitioner(OKORO);
        require(p.organization == LINDQVIST && p.role == given && p.signer == signer, "who");
        require(p.validFrom == from && p.validUntil == until && !p.suspended, "standing");
        require(practitioners.practitionerOfSigner(signer) == OKORO, "by signer");
        require(practitioners.practitionerCount() == 2, "count");
        bool accredited = from <= NOW && NOW < until;
        require(practitioners.isAccredited(OKORO) == accredited, "accredited");
        if (!accredited) return _refusePractitioner(OKORO, IPractitioners.PractitionerFlaw.OutsideValidity);
        (IPractitioners.Role actual, address key) = practitioners.requireAccredited(OKORO);
        require(actual == given && key == signer, "required");
    }

    function test_isAccreditedFromTheFirstSecondToTheLast() public {
        IPractitioners.Statement memory s = _statement(FARAH_KEY);
        (s.validFrom, s.validUntil) = (uint64(NOW + 10), uint64(NOW + 20));
        _update(FARAH, s);
        for (uint256 time = NOW; time < NOW + 30; ++time) {
            vm.warp(time);
            require(practitioners.isAccredited(FARAH) == (NOW + 10 <= time && time < NOW + 20), "accredited");
        }
    }

    function test_isSuspendedWithItsOrganization() public {
        _suspend(ST_BRIGID);
        require(!practitioners.isAccredited(FARAH), "accredited");
        _refuseOrganization(ST_BRIGID, IAccreditation.Flaw.Suspended);
        practitioners.requireAccredited(FARAH);
        vm.prank(REGISTRAR);
        accreditation.reinstate(ST_BRIGID);
        practitioners.requireAccredited(FARAH);
        require(practitioners.isAccredited(FARAH), "reinstated");
    }

    function test_suspendsAndReinstates() public {
        vm.expectEmit();
        emit IPractitioners.PractitionerSuspended(FARAH);
        _setSuspended(FARAH, true);
        _refusePractitioner(FARAH, IPractitioners.PractitionerFlaw.Suspended);
        _refuse(abi.encodeWithSelector(IPractitioners.PractitionerAlreadySuspended.selector, FARAH));
        _setSuspended(FARAH, true);
        _update(FARAH, _statement(0xFB));
        require(practitioners.practitioner(FARAH).suspended, "kept through an update");
        vm.expectEmit();
        emit IPractitioners.PractitionerReinstated(FARAH);
        _setSuspended(FARAH, false);
        require(practitioners.isAccredited(FARAH), "reinstated");
        _refuse(abi.encodeWithSelector(IPractitioners.PractitionerNotSuspended.selector, FARAH));
        _setSuspended(FARAH, false);
    }

    function test_rotatesTheKeyAndFreesTheFormer() public {
        vm.expectEmit();
        emit IPractitioners.PractitionerUpdated(FARAH, vm.addr(0xFB));
        _update(FARAH, _statement(0xFB));
        (, address signer) = practitioners.requireAccredited(FARAH);
        require(signer == vm.addr(0xFB), "rotated");
        require(practitioners.practitionerOfSigner(vm.addr(FARAH_KEY)) == 0, "freed");
        _registerPractitioner(OKORO, LINDQVIST, _statement(FARAH_KEY));
        _update(OKORO, _statement(FARAH_KEY));
        require(practitioners.practitionerOfSigner(vm.addr(FARAH_KEY)) == OKORO, "claimed by another");
        require(practitioners.practitioner(FARAH).organization == ST_BRIGID, "organization stays");
    }

    function test_refusesAZeroOrKnownIdentifier() public {
        _refuse(abi.encodeWithSelector(IPractitioners.InvalidPractitioner.selector));
        _registerPractitioner(0, LINDQVIST, _statement(0xFB));
        _refuse(abi.encodeWithSelector(IPractitioners.PractitionerExists.selector, FARAH));
        _registerPractitioner(FARAH, LINDQVIST, _statement(0xFB));
    }

    function testFuzz_refusesAnOrganizationThatNobodyRegistered(bytes32 organization) public {
        vm.assume(organization != ST_BRIGID && organization != LINDQVIST);
        _refuse(abi.encodeWithSelector(IAccreditation.UnknownOrganization.selector, organization));
        _registerPractitioner(OKORO, organization, _statement(0xFB));
    }

    function test_refusesNoRoleNoSignerAndATakenSigner() public {
        IPractitioners.Statement memory s = _statement(0xFB);
        s.role = IPractitioners.Role.None;
        _refuseStatement(s, abi.encodeWithSelector(IPractitioners.InvalidRole.selector));
        s = _statement(0xFB);
        s.signer = address(0);
        _refuseStatement(s, abi.encodeWithSelector(IPractitioners.InvalidPractitionerSigner.selector));
        _refuse(
            abi.encodeWithSelector(IPractitioners.PractitionerSignerTaken.selector, vm.addr(FARAH_KEY), FARAH)
        );
        _registerPractitioner(OKORO, LINDQVIST, _statement(FARAH_KEY));
    }

    function testFuzz_refusesAnEmptyOrEndlessValidity(uint64 from, uint64 until) public {
        IPractitioners.Statement memory s = _statement(0xFB);
        (s.validFrom, s.validUntil) = (from, until);
        if (from >= until || until >= 2 ** 40) {
            _refuseStatement(
                s,
                abi.encodeWithSelector(IPractitioners.InvalidPractitionerValidity.selector, from, until)
            );
        } else {
            _registerPractitioner(OKORO, LINDQVIST, s);
        }
    }

    function testFuzz_knowsNobodyWhomNobodyRegistered(bytes32 id) public {
        vm.assume(id != FARAH);
        _refusePractitioner(id, IPractitioners.PractitionerFlaw.Unknown);
        bytes memory unknown = abi.encodeWithSelector(IPractitioners.UnknownPractitioner.selector, id);
        _refuse(unknown);
        practitioners.practitioner(id);
        _refuse(unknown);
        _update(id, _statement(0xFB));
        _refuse(unknown);
        _setSuspended(id, true);
        _refuse(unknown);
        _setSuspended(id, false);
        IPractitioners.Practitioner memory then = practitioners.practitionerAt(id, 100);
        require(then.signer == address(0) && then.organization == 0 && then.validUntil == 0, "history");
    }

    function testFuzz_refusesEveryoneButARegistrar(address caller) public {
        vm.assume(caller != REGISTRAR);
        bytes memory reason = abi.encodeWithSelector(
            IAccessControl.AccessControlUnauthorizedAccount.selector,
            caller,
            accreditation.REGISTRAR_ROLE()
        );
        vm.startPrank(caller);
        _refuse(reason);
        practitioners.register(OKORO, LINDQVIST, _statement(0xFB));
        _refuse(reason);
        practitioners.update(FARAH, _statement(0xFB));
        _refuse(reason);
        practitioners.suspend(FARAH);
        _refuse(reason);
        practitioners.reinstate(FARAH);
        vm.stopPrank();
    }

    function test_tellsNothingOfABlockToCome() public {
        _refuse(abi.encodeWithSelector(IAccreditation.BlockNotReached.selector, 101));
        practitioners.practitionerAt(FARAH, 101);
    }

    function testFuzz_pagesThroughTheIdentifiers(uint8 from, uint256 limit) public {
        for (uint256 i = 1; i <= 3; ++i) _registerPractitioner(bytes32(i), LINDQVIST, _statement(0x1000 + i));
        bytes32[] memory page = practitioners.practitionerIds(from, limit);
        uint256 rest = from < 4 ? 4 - uint256(from) : 0;
        require(page.length == (limit < rest ? limit : rest), "length");
        for (uint256 i = 0; i < page.length; ++i) {
            require(page[i] == (from + i == 0 ? FARAH : bytes32(from + i)), "order");
        }
    }

    /// @dev A random walk of changes beside a plain list of what held at the end of each block.
    function testFuzz_keepsHistoryByBlockAndNeverChangesIt(uint256[12] calldata steps) public {
        IPractitioners.Practitioner[] memory past = new IPractitioners.Practitioner[](13);
        past[0] = practitioners.practitioner(FARAH);
        for (uint256 i = 0; i < 12; ++i) {
            vm.roll(101 + i);
            if (steps[i] % 3 == 0) _setSuspended(FARAH, !practitioners.practitioner(FARAH).suspended);
            if (steps[i] % 3 == 1) {
                IPractitioners.Statement memory s = _statement(0x2000 + (steps[i] % 1000));
                s.role = IPractitioners.Role(1 + (steps[i] % 5));
                _update(FARAH, s);
            }
            past[i + 1] = practitioners.practitioner(FARAH);
        }
        vm.roll(500);
        require(practitioners.practitionerAt(FARAH, 99).signer == address(0), "before");
        for (uint256 i = 0; i < 13; ++i) {
            IPractitioners.Practitioner memory then = practitioners.practitionerAt(FARAH, 100 + i);
            require(keccak256(abi.encode(then)) == keccak256(abi.encode(past[i])), "changed");
        }
    }
}
