// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IAttestations} from "../interfaces/IAttestations.sol";
import {Signature} from "../Signatures.sol";
import {AttestationsBase} from "./AttestationsBase.sol";

contract SupportersTest is AttestationsBase {
    function _refuseNaming(bytes32[] memory list, uint256 round, bytes memory reason) internal {
        Signature memory signature = _naming(ST_BRIGID_KEY, list, round, NOW);
        _refuse(reason);
        attestations.nameSupporters(ST_BRIGID, list, round, NOW, signature);
    }

    function test_approvesOnlyOnceNeverOneselfAndNeverEachOther() public {
        require(attestations.isApproved(ST_BRIGID, _supporter(0)), "approved");
        _refuse(abi.encodeWithSelector(IAttestations.OwnSupporter.selector, ST_BRIGID));
        _approve(ST_BRIGID, ST_BRIGID);
        _refuse(abi.encodeWithSelector(IAttestations.MutualSupport.selector, _supporter(0), ST_BRIGID));
        _approve(_supporter(0), ST_BRIGID);
        _refuse(abi.encodeWithSelector(IAttestations.AlreadyApproved.selector, ST_BRIGID, _supporter(0)));
        _approve(ST_BRIGID, _supporter(0));
        vm.expectEmit();
        emit IAttestations.SupportApproved(LINDQVIST, _supporter(0));
        _approve(LINDQVIST, _supporter(0));
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
        attestations.approve(LINDQVIST, ST_BRIGID);
        _refuse(reason);
        attestations.withdraw(ST_BRIGID, _supporter(0));
        vm.stopPrank();
    }

    function testFuzz_namesSupporters(address submitter, uint8 count) public {
        bytes32[] memory list = _all(count % (SUPPORTERS + 1));
        Signature memory signature = _naming(ST_BRIGID_KEY, list, 1, NOW);
        vm.expectEmit();
        emit IAttestations.SupportersNamed(ST_BRIGID, list);
        vm.prank(submitter);
        attestations.nameSupporters(ST_BRIGID, list, 1, NOW, signature);
        (bytes32[] memory named, uint256 round) = attestations.supportersOf(ST_BRIGID);
        require(round == 1 && keccak256(abi.encode(named)) == keccak256(abi.encode(list)), "named");
        _name(_all(1), 2);
        (named, round) = attestations.supportersOf(ST_BRIGID);
        require(round == 2 && named.length == 1 && named[0] == _supporter(0), "named anew");
    }

    function testFuzz_refusesAnyRoundButTheNext(uint256 round) public {
        vm.assume(round != 2);
        _name(_all(1), 1);
        _refuseNaming(_all(2), round, abi.encodeWithSelector(IAttestations.WrongRound.selector, 2));
    }

    function testFuzz_refusesANamingWhoseDeadlinePassed(uint256 deadline) public {
        Signature memory signature = _naming(ST_BRIGID_KEY, _all(1), 1, deadline);
        if (deadline < NOW) _refuse(abi.encodeWithSelector(IAttestations.DeadlinePassed.selector, deadline));
        attestations.nameSupporters(ST_BRIGID, _all(1), 1, deadline, signature);
    }

    function test_refusesTooManyDisorderedOrRepeatedSupporters() public {
        bytes memory reason = abi.encodeWithSelector(IAttestations.InvalidSupporters.selector);
        _refuseNaming(_all(17), 1, reason);
        bytes32[] memory list = _all(2);
        list[1] = list[0];
        _refuseNaming(list, 1, reason);
        list[0] = _supporter(1);
        _refuseNaming(list, 1, reason);
        for (uint256 i = SUPPORTERS; i < 16; ++i) _approve(ST_BRIGID, _supporter(i));
        _name(_all(16), 1);
    }

    function testFuzz_refusesASupporterWhomNobodyApproved(bytes32 supporter) public {
        vm.assume(uint256(supporter) > SUPPORTERS);
        bytes32[] memory list = _all(2);
        list[1] = supporter;
        _refuseNaming(list, 1, abi.encodeWithSelector(IAttestations.NotApproved.selector, ST_BRIGID, supporter));
    }

    function testFuzz_refusesANamingByAnotherKeyOrAltered(uint128 key, bytes32 other) public {
        vm.assume(key != 0 && key != ST_BRIGID_KEY);
        address expected = vm.addr(ST_BRIGID_KEY);
        Signature memory signature = _naming(key, _all(2), 1, NOW);
        _refuseSignature(expected);
        attestations.nameSupporters(ST_BRIGID, _all(2), 1, NOW, signature);
        signature = _naming(ST_BRIGID_KEY, _all(2), 1, NOW);
        _refuseSignature(expected);
        attestations.nameSupporters(ST_BRIGID, _all(1), 1, NOW, signature);
        uint256 deadline = NOW + 1 + (uint256(other) % 1000);
        _refuseSignature(expected);
        attestations.nameSupporters(ST_BRIGID, _all(2), 1, deadline, signature);
    }

    function test_refusesANamingByASuspendedAuthor() public {
        _suspend(ST_BRIGID);
        Signature memory signature = _naming(ST_BRIGID_KEY, _all(1), 1, NOW);
        _refuseOrganization(ST_BRIGID, IAccreditation.Flaw.Suspended);
        attestations.nameSupporters(ST_BRIGID, _all(1), 1, NOW, signature);
    }

    function testFuzz_withdrawingTakesTheSupporterFromThoseNamed(uint8 index) public {
        _name(_all(4), 1);
        index %= uint8(SUPPORTERS);
        bytes32 gone = _supporter(index);
        vm.expectEmit();
        emit IAttestations.SupportWithdrawn(ST_BRIGID, gone);
        vm.prank(REGISTRAR);
        attestations.withdraw(ST_BRIGID, gone);
        require(!attestations.isApproved(ST_BRIGID, gone), "approved");
        (bytes32[] memory named, uint256 round) = attestations.supportersOf(ST_BRIGID);
        require(round == 1 && named.length == (index < 4 ? 3 : 4), "length");
        for (uint256 i = 0; i < named.length; ++i) {
            require(named[i] != gone && (i == 0 || named[i] > named[i - 1]), "list");
        }
        _refuse(abi.encodeWithSelector(IAttestations.NotApproved.selector, ST_BRIGID, gone));
        vm.prank(REGISTRAR);
        attestations.withdraw(ST_BRIGID, gone);
    }
}
