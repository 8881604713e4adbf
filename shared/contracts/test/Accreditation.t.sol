// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";

import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {Base} from "./Base.sol";

contract AccreditationTest is Base {
    bytes32 internal constant NEW = keccak256("https://new.example/organization");
    uint256 internal constant NEW_KEY = 0x123;

    function _fresh() internal pure returns (IAccreditation.Registration memory) {
        return _registration("New Clinic", NEW_KEY, "https://new.example");
    }

    function _refuseRegistration(IAccreditation.Registration memory r, bytes memory reason) internal {
        _refuse(reason);
        _register(NEW, r);
        _refuse(reason);
        _update(ST_BRIGID, r);
    }

    function _update(bytes32 id, IAccreditation.Registration memory r) internal {
        vm.prank(REGISTRAR);
        accreditation.update(id, r);
    }

    function _text(uint256 length) internal pure returns (string memory) {
        return string(new bytes(length));
    }

    function test_registersAnOrganization() public {
        vm.expectEmit();
        emit IAccreditation.OrganizationRegistered(NEW, vm.addr(NEW_KEY));
        _register(NEW, _fresh());
        IAccreditation.Organization memory o = accreditation.organization(NEW);
        require(keccak256(bytes(o.name)) == keccak256("New Clinic"), "name");
        require(o.signer == vm.addr(NEW_KEY), "signer");
        require(keccak256(bytes(o.recipient)) == keccak256("age1pq1example"), "recipient");
        require(o.origins.length == 1 && keccak256(bytes(o.origins[0])) == keccak256("https://new.example"), "origin");
        require(o.validFrom == NOW - 1 days && o.validUntil == NOW + 365 days && !o.suspended, "standing");
        require(accreditation.organizationCount() == 3, "count");
        require(accreditation.isAccredited(NEW), "accredited");
        require(accreditation.requireAccredited(NEW) == vm.addr(NEW_KEY), "its signer");
        require(accreditation.organizationOfSigner(vm.addr(NEW_KEY)) == NEW, "by signer");
        require(accreditation.organizationOfOrigin("https://new.example") == NEW, "by origin");
    }

    function test_refusesAZeroIdentifier() public {
        _refuse(abi.encodeWithSelector(IAccreditation.InvalidId.selector));
        _register(0, _fresh());
    }

    function test_refusesTheSameIdentifierTwice() public {
        _refuse(abi.encodeWithSelector(IAccreditation.AlreadyRegistered.selector, ST_BRIGID));
        _register(ST_BRIGID, _fresh());
    }

    function test_refusesAnEmptyOrLongName() public {
        IAccreditation.Registration memory r = _fresh();
        bytes memory reason = abi.encodeWithSelector(IAccreditation.InvalidName.selector);
        r.name = "";
        _refuseRegistration(r, reason);
        r.name = _text(257);
        _refuseRegistration(r, reason);
        r.name = _text(256);
        _register(NEW, r);
    }

    function test_refusesAZeroSigner() public {
        IAccreditation.Registration memory r = _fresh();
        r.signer = address(0);
        _refuseRegistration(r, abi.encodeWithSelector(IAccreditation.InvalidSigner.selector));
    }

    function test_refusesAnEmptyOrLongRecipient() public {
        IAccreditation.Registration memory r = _fresh();
        bytes memory reason = abi.encodeWithSelector(IAccreditation.InvalidRecipient.selector);
        r.recipient = "";
        _refuseRegistration(r, reason);
        r.recipient = _text(4097);
        _refuseRegistration(r, reason);
        r.recipient = _text(4096);
        _register(NEW, r);
    }

    function test_refusesNoneTooManyEmptyOrLongOrigins() public {
        IAccreditation.Registration memory r = _fresh();
        bytes memory reason = abi.encodeWithSelector(IAccreditation.InvalidOrigins.selector);
        r.origins = new string[](0);
        _refuseRegistration(r, reason);
        r.origins = _origins(17);
        _refuseRegistration(r, reason);
        r.origins = _origins(3);
        r.origins[2] = "";
        _refuseRegistration(r, reason);
        r.origins[2] = _text(256);
        _refuseRegistration(r, reason);
        r.origins = _origins(16);
        r.origins[2] = _text(255);
        _register(NEW, r);
    }

    function _origins(uint256 count) internal pure returns (string[] memory origins) {
        origins = new string[](count);
        for (uint256 i = 0; i < count; ++i) {
            origins[i] = string(abi.encodePacked("https://", bytes1(uint8(97 + i)), ".example"));
        }
    }

    function testFuzz_refusesAnEmptyOrEndlessValidity(uint64 from, uint64 until) public {
        IAccreditation.Registration memory r = _fresh();
        (r.validFrom, r.validUntil) = (from, until);
        if (from >= until || until >= 2 ** 40) {
            _refuseRegistration(r, abi.encodeWithSelector(IAccreditation.InvalidValidity.selector, from, until));
        } else {
            _register(NEW, r);
            require(accreditation.isAccredited(NEW) == (from <= NOW && NOW < until), "validity");
        }
    }

    function testFuzz_followsTheValidityToTheSecond(uint40 from, uint40 until, uint40 time) public {
        vm.assume(from < until);
        IAccreditation.Registration memory r = _fresh();
        (r.validFrom, r.validUntil) = (from, until);
        _register(NEW, r);
        vm.warp(time);
        bool accredited = from <= time && time < until;
        require(accreditation.isAccredited(NEW) == accredited, "isAccredited");
        if (accredited) {
            require(accreditation.requireAccredited(NEW) == r.signer, "requireAccredited");
        } else {
            _refuseOrganization(NEW, IAccreditation.Flaw.OutsideValidity);
            accreditation.requireAccredited(NEW);
        }
    }

    function test_isAccreditedFromTheFirstSecondToTheLast() public {
        IAccreditation.Registration memory r = _fresh();
        (r.validFrom, r.validUntil) = (uint64(NOW + 10), uint64(NOW + 20));
        _register(NEW, r);
        for (uint256 time = NOW; time < NOW + 30; ++time) {
            vm.warp(time);
            require(accreditation.isAccredited(NEW) == (NOW + 10 <= time && time < NOW + 20), "accredited");
        }
    }

    function test_refusesASignerOfAnotherOrganization() public {
        IAccreditation.Registration memory r = _fresh();
        r.signer = vm.addr(LINDQVIST_KEY);
        _refuseRegistration(r, abi.encodeWithSelector(IAccreditation.SignerTaken.selector, r.signer, LINDQVIST));
    }

    function test_refusesAnOriginOfAnotherOrganization() public {
        IAccreditation.Registration memory r = _fresh();
        r.origins[0] = "https://lindqvist.example";
        _refuseRegistration(
            r,
            abi.encodeWithSelector(IAccreditation.OriginTaken.selector, r.origins[0], LINDQVIST)
        );
    }

    function test_refusesAnOriginGivenTwice() public {
        IAccreditation.Registration memory r = _fresh();
        r.origins = new string[](2);
        r.origins[0] = r.origins[1] = "https://new.example";
        _refuse(abi.encodeWithSelector(IAccreditation.OriginTaken.selector, r.origins[1], NEW));
        _register(NEW, r);
    }

    function test_updatesAndFreesTheFormerSignerAndOrigins() public {
        vm.roll(110);
        vm.expectEmit();
        emit IAccreditation.OrganizationUpdated(ST_BRIGID, vm.addr(NEW_KEY));
        _update(ST_BRIGID, _fresh());
        require(accreditation.requireAccredited(ST_BRIGID) == vm.addr(NEW_KEY), "rotated");
        require(accreditation.organizationOfSigner(vm.addr(ST_BRIGID_KEY)) == 0, "signer freed");
        require(accreditation.organizationOfOrigin("https://st-brigid.example") == 0, "origin freed");
        require(accreditation.organizationOfOrigin("https://new.example") == ST_BRIGID, "origin claimed");
        require(accreditation.organizationCount() == 2, "no newcomer");
        _register(NEW, _registration("Heir", ST_BRIGID_KEY, "https://st-brigid.example"));
        require(accreditation.organizationOfSigner(vm.addr(ST_BRIGID_KEY)) == NEW, "claimed by another");
    }

    function test_updatesKeepingSignerAndOrigins() public {
        IAccreditation.Registration memory r = _registration("St. Brigid", ST_BRIGID_KEY, "https://st-brigid.example");
        _update(ST_BRIGID, r);
        require(keccak256(bytes(accreditation.organization(ST_BRIGID).name)) == keccak256("St. Brigid"), "name");
        require(accreditation.organizationOfOrigin("https://st-brigid.example") == ST_BRIGID, "origin");
    }

    function test_keepsASuspensionThroughAnUpdate() public {
        _suspend(ST_BRIGID);
        _update(ST_BRIGID, _fresh());
        require(accreditation.organization(ST_BRIGID).suspended, "still suspended");
        require(!accreditation.isAccredited(ST_BRIGID), "not accredited");
    }

    function test_suspendsAndReinstates() public {
        vm.expectEmit();
        emit IAccreditation.OrganizationSuspended(ST_BRIGID);
        _suspend(ST_BRIGID);
        require(!accreditation.isAccredited(ST_BRIGID), "suspended");
        _refuseOrganization(ST_BRIGID, IAccreditation.Flaw.Suspended);
        accreditation.requireAccredited(ST_BRIGID);
        _refuse(abi.encodeWithSelector(IAccreditation.AlreadySuspended.selector, ST_BRIGID));
        _suspend(ST_BRIGID);
        vm.expectEmit();
        emit IAccreditation.OrganizationReinstated(ST_BRIGID);
        vm.prank(REGISTRAR);
        accreditation.reinstate(ST_BRIGID);
        require(accreditation.isAccredited(ST_BRIGID), "reinstated");
        _refuse(abi.encodeWithSelector(IAccreditation.NotSuspended.selector, ST_BRIGID));
        vm.prank(REGISTRAR);
        accreditation.reinstate(ST_BRIGID);
    }

    function testFuzz_knowsNobodyWhomNobodyRegistered(bytes32 id, address signer, string calldata origin) public {
        vm.assume(id != ST_BRIGID && id != LINDQVIST);
        vm.assume(signer != vm.addr(ST_BRIGID_KEY) && signer != vm.addr(LINDQVIST_KEY));
        bytes32 originHash = keccak256(bytes(origin));
        vm.assume(originHash != keccak256("https://st-brigid.example"));
        vm.assume(originHash != keccak256("https://lindqvist.example"));
        require(!accreditation.isAccredited(id), "accredited");
        require(accreditation.organizationOfSigner(signer) == 0, "signer");
        require(accreditation.organizationOfOrigin(origin) == 0, "origin");
        (address past, uint64 from, uint64 until, bool suspended) = accreditation.accreditationAt(id, block.number);
        require(past == address(0) && from == 0 && until == 0 && !suspended, "history");
        _refuseOrganization(id, IAccreditation.Flaw.Unknown);
        accreditation.requireAccredited(id);
        bytes memory unknown = abi.encodeWithSelector(IAccreditation.UnknownOrganization.selector, id);
        _refuse(unknown);
        accreditation.organization(id);
        _refuse(unknown);
        _update(id, _fresh());
        _refuse(unknown);
        _suspend(id);
        _refuse(unknown);
        vm.prank(REGISTRAR);
        accreditation.reinstate(id);
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
        accreditation.register(NEW, _fresh());
        _refuse(reason);
        accreditation.update(ST_BRIGID, _fresh());
        _refuse(reason);
        accreditation.suspend(ST_BRIGID);
        _refuse(reason);
        accreditation.reinstate(ST_BRIGID);
        vm.stopPrank();
    }

    function test_handsTheAdminRoleOverOnlyAfterTheDelay() public {
        address heir = address(0xBEEF);
        vm.prank(ADMIN);
        accreditation.beginDefaultAdminTransfer(heir);
        vm.warp(NOW + ADMIN_DELAY);
        _refuse(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminDelay.selector,
                uint48(NOW + ADMIN_DELAY)
            )
        );
        vm.prank(heir);
        accreditation.acceptDefaultAdminTransfer();
        vm.warp(NOW + ADMIN_DELAY + 1);
        vm.prank(heir);
        accreditation.acceptDefaultAdminTransfer();
        require(accreditation.defaultAdmin() == heir, "handed over");
    }

    function testFuzz_pagesThroughTheIdentifiers(uint8 from, uint256 limit) public {
        for (uint256 i = 1; i <= 5; ++i) {
            string memory origin = string(abi.encodePacked("https://", bytes1(uint8(97 + i)), ".example"));
            _register(bytes32(i), _registration("Clinic", 0x1000 + i, origin));
        }
        bytes32[] memory page = accreditation.organizationIds(from, limit);
        uint256 rest = from < 7 ? 7 - uint256(from) : 0;
        require(page.length == (limit < rest ? limit : rest), "length");
        for (uint256 i = 0; i < page.length; ++i) {
            uint256 index = uint256(from) + i;
            require(page[i] == (index == 0 ? ST_BRIGID : index == 1 ? LINDQVIST : bytes32(index - 1)), "order");
        }
    }

    function test_tellsNothingOfABlockToCome() public {
        _refuse(abi.encodeWithSelector(IAccreditation.BlockNotReached.selector, 101));
        accreditation.accreditationAt(ST_BRIGID, 101);
    }

    function test_keepsTheLaterOfTwoChangesInOneBlock() public {
        _suspend(ST_BRIGID);
        (, , , bool suspended) = accreditation.accreditationAt(ST_BRIGID, 100);
        require(suspended, "end of the block");
    }

    /// @dev A random walk of changes beside a plain list of what held at the end of each block.
    function testFuzz_keepsHistoryByBlockAndNeverChangesIt(uint256[12] calldata steps) public {
        bool suspended = false;
        uint256 key = ST_BRIGID_KEY;
        address[] memory signers = new address[](13);
        bool[] memory suspensions = new bool[](13);
        signers[0] = vm.addr(key);
        for (uint256 i = 0; i < 12; ++i) {
            vm.roll(101 + i);
            if (steps[i] % 4 == 0 && !suspended) {
                suspended = true;
                _suspend(ST_BRIGID);
            } else if (steps[i] % 4 == 1 && suspended) {
                suspended = false;
                vm.prank(REGISTRAR);
                accreditation.reinstate(ST_BRIGID);
            } else if (steps[i] % 4 == 2) {
                key = 0x2000 + (steps[i] % 1000);
                _update(ST_BRIGID, _registration("St. Brigid", key, "https://st-brigid.example"));
            }
            (signers[i + 1], suspensions[i + 1]) = (vm.addr(key), suspended);
        }
        vm.roll(500);
        for (uint256 i = 0; i < 13; ++i) {
            (address signer, uint64 from, uint64 until, bool was) = accreditation.accreditationAt(ST_BRIGID, 100 + i);
            require(signer == signers[i] && was == suspensions[i], "history");
            require(from == NOW - 1 days && until == NOW + 365 days, "validity");
        }
        (address before, , , ) = accreditation.accreditationAt(ST_BRIGID, 99);
        require(before == address(0), "backdated");
    }
}
