// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {IValidators} from "../interfaces/IValidators.sol";
import {Signature} from "../Signatures.sol";
import {Validators} from "../Validators.sol";
import {Base} from "./Base.sol";

/// @dev Standing as a test states it: how it is earned is the credits' own test.
contract StatedStandings {
    mapping(bytes32 organization => uint256) public standingOf;

    function state(bytes32 organization, uint256 weight) external {
        standingOf[organization] = weight;
    }
}

contract ValidatorsTest is Base {
    address internal constant SECOND = address(0x4E7);
    StatedStandings internal standings;
    Validators internal validators;

    function setUp() public override {
        super.setUp();
        standings = new StatedStandings();
        validators = _deployed(5);
        bytes32 role = accreditation.REGISTRAR_ROLE();
        vm.prank(ADMIN);
        accreditation.grantRole(role, SECOND);
    }

    function _deployed(uint256 seats) internal returns (Validators) {
        return new Validators(accreditation, ICredits(address(standings)), _seats(seats, 1));
    }

    function _seats(uint256 count, uint160 first) internal pure returns (address[] memory nodes) {
        nodes = new address[](count);
        for (uint256 i = 0; i < count; ++i) nodes[i] = address(first + uint160(i));
    }

    function _candidacy(
        bytes32 organization,
        address node,
        uint256 round,
        uint256 deadline,
        uint256 key
    ) internal view returns (Signature memory) {
        bytes32 typeHash = keccak256(
            "Candidacy(bytes32 organization,address node,uint256 round,uint256 deadline)"
        );
        bytes32 structHash = keccak256(abi.encode(typeHash, organization, node, round, deadline));
        return _sign(key, _digest("Carekey Validators", address(validators), structHash));
    }

    function _stand(bytes32 organization, uint256 key, address node, uint256 round) internal {
        Signature memory signature = _candidacy(organization, node, round, type(uint256).max, key);
        validators.stand(organization, node, round, type(uint256).max, signature);
    }

    function _organization(uint256 index) internal pure returns (bytes32) {
        return bytes32(index + 1);
    }

    function _key(uint256 index) internal pure returns (uint256) {
        return 0x7000 + index;
    }

    function _node(uint256 index) internal pure returns (address) {
        return address(uint160(0x9000 + index));
    }

    /// @dev So many candidates more, each with its node and a standing.
    function _candidates(uint256 count, uint256[] memory weights) internal {
        for (uint256 i = 0; i < count; ++i) {
            string memory origin = string(abi.encodePacked("https://c", bytes2(uint16(0x3030 + (i / 10) * 256 + (i % 10)))));
            _register(_organization(i), _registration("Candidate", _key(i), origin));
            _stand(_organization(i), _key(i), _node(i), 1);
            if (i < weights.length) standings.state(_organization(i), weights[i]);
        }
    }

    function _refuseRegistrar(address caller) internal {
        bytes32 role = accreditation.REGISTRAR_ROLE();
        _refuse(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role));
        vm.prank(caller);
    }

    function test_beginsWithTheSeatsItWasGiven() public view {
        address[] memory nodes = validators.getValidators();
        require(nodes.length == 5 && nodes[0] == address(1) && nodes[4] == address(5), "seats");
        require(validators.appointed().length == 5, "appointed");
    }

    function test_refusesNoSeatsTooManyAndSeatsOutOfOrder() public {
        bytes memory invalid = abi.encodeWithSelector(IValidators.InvalidSeats.selector);
        _refuse(invalid);
        new Validators(accreditation, ICredits(address(standings)), _seats(0, 1));
        vm.startPrank(REGISTRAR);
        _refuse(invalid);
        validators.propose(_seats(33, 1));
        _refuse(invalid);
        validators.propose(_seats(3, 0));
        address[] memory nodes = _seats(3, 1);
        nodes[2] = nodes[1];
        _refuse(invalid);
        validators.propose(nodes);
        validators.propose(_seats(32, 1));
        vm.stopPrank();
    }

    function testFuzz_twoOfficersAppointTogetherAfterTheDelay(uint8 count, uint32 wait) public {
        count = uint8(1 + (count % 32));
        address[] memory nodes = _seats(count, 100);
        vm.expectEmit();
        emit IValidators.Proposed(REGISTRAR, nodes, uint64(NOW + 2 days));
        vm.prank(REGISTRAR);
        validators.propose(nodes);
        vm.warp(NOW + wait);
        if (wait < 2 days) {
            _refuse(abi.encodeWithSelector(IValidators.NotConfirmableYet.selector, NOW + 2 days));
        } else {
            vm.expectEmit();
            emit IValidators.Appointed(nodes);
        }
        vm.prank(SECOND);
        validators.confirm(nodes);
        if (wait < 2 days) return;
        require(validators.getValidators().length == count, "appointed");
        _refuse(abi.encodeWithSelector(IValidators.NotProposed.selector));
        vm.prank(SECOND);
        validators.confirm(nodes);
    }

    function test_noOfficerAppointsAlone() public {
        address[] memory nodes = _seats(4, 100);
        vm.prank(REGISTRAR);
        validators.propose(nodes);
        vm.warp(NOW + 3 days);
        bytes memory second = abi.encodeWithSelector(IValidators.SecondOfficerNeeded.selector, REGISTRAR);
        _refuse(second);
        vm.prank(REGISTRAR);
        validators.confirm(nodes);
        _refuse(abi.encodeWithSelector(IValidators.NotProposed.selector));
        vm.prank(SECOND);
        validators.confirm(_seats(4, 101));
        bytes32 role = accreditation.REGISTRAR_ROLE();
        vm.prank(ADMIN);
        accreditation.revokeRole(role, REGISTRAR);
        _refuse(second);
        vm.prank(SECOND);
        validators.confirm(nodes);
    }

    function testFuzz_nobodyElseProposesOrConfirms(address caller) public {
        vm.assume(caller != REGISTRAR && caller != SECOND);
        address[] memory nodes = _seats(4, 100);
        _refuseRegistrar(caller);
        validators.propose(nodes);
        _refuseRegistrar(caller);
        validators.confirm(nodes);
    }

    function testFuzz_electsTheHighestStandingsAndAlwaysFewerThanAThird(uint8 seats, uint8[12] calldata weights) public {
        seats = uint8(1 + (seats % 32));
        validators = _deployed(seats);
        uint256[] memory list = new uint256[](12);
        uint256 withCredits = 0;
        for (uint256 i = 0; i < 12; ++i) {
            list[i] = weights[i] % 4;
            if (list[i] > 0) ++withCredits;
        }
        _candidates(12, list);
        validators.elect();
        (bytes32[] memory elected, uint64 termUntil) = validators.elected();
        require(termUntil == NOW + 7 days, "term");
        uint256 most = (uint256(seats) - 1) / 2;
        require(elected.length == (withCredits < most ? withCredits : most), "all that may");
        uint256 total = validators.getValidators().length;
        require(total == seats + elected.length && 3 * elected.length < total, "fewer than a third");
        for (uint256 i = 0; i < elected.length; ++i) {
            uint256 weight = standings.standingOf(elected[i]);
            require(weight > 0, "nobody without credits");
            if (i == 0) continue;
            uint256 former = standings.standingOf(elected[i - 1]);
            require(former > weight || (former == weight && elected[i - 1] < elected[i]), "order");
        }
    }

    function test_passesOverWhoIsSuspendedWithdrewOrIsAppointed() public {
        uint256[] memory weights = new uint256[](3);
        (weights[0], weights[1], weights[2]) = (5, 7, 9);
        _candidates(3, weights);
        vm.expectEmit();
        bytes32[] memory both = new bytes32[](2);
        (both[0], both[1]) = (_organization(2), _organization(1));
        emit IValidators.Elected(both);
        validators.elect();
        address[] memory nodes = validators.getValidators();
        require(nodes.length == 7 && nodes[5] == _node(2) && nodes[6] == _node(1), "elected");
        _suspend(_organization(2));
        nodes = validators.getValidators();
        require(nodes.length == 6 && nodes[5] == _node(1), "suspended");
        _stand(_organization(1), _key(1), address(0), 2);
        require(validators.getValidators().length == 5, "withdrew");
        _stand(_organization(1), _key(1), address(3), 3);
        require(validators.getValidators().length == 5, "appointed already");
        _stand(_organization(1), _key(1), address(33), 4);
        require(validators.getValidators()[5] == address(33), "another node");
        vm.warp(NOW + 7 days);
        validators.elect();
        (both, ) = validators.elected();
        require(both.length == 2 && both[0] == _organization(1) && both[1] == _organization(0), "elected anew");
    }

    function test_trimsTheElectedWhenSeatsAreTakenAway() public {
        uint256[] memory weights = new uint256[](2);
        (weights[0], weights[1]) = (1, 1);
        _candidates(2, weights);
        validators.elect();
        require(validators.getValidators().length == 7, "two elected");
        address[] memory nodes = _seats(3, 1);
        vm.prank(REGISTRAR);
        validators.propose(nodes);
        vm.warp(NOW + 2 days);
        vm.prank(SECOND);
        validators.confirm(nodes);
        require(validators.getValidators().length == 4, "one of four");
    }

    function testFuzz_electsOncePerTerm(uint32 later) public {
        validators.elect();
        vm.warp(NOW + later);
        if (later < 7 days) {
            _refuse(abi.encodeWithSelector(IValidators.TermNotOver.selector, uint64(NOW + 7 days)));
        }
        validators.elect();
    }

    function testFuzz_statesACandidacy(address submitter, address node) public {
        vm.assume(node != address(0));
        Signature memory signature = _candidacy(ST_BRIGID, node, 1, NOW, ST_BRIGID_KEY);
        vm.expectEmit();
        emit IValidators.Stood(ST_BRIGID, node);
        vm.prank(submitter);
        validators.stand(ST_BRIGID, node, 1, NOW, signature);
        (address kept, uint64 round) = validators.candidacyOf(ST_BRIGID);
        require(kept == node && round == 1 && validators.candidates()[0] == ST_BRIGID, "stands");
        _refuse(abi.encodeWithSelector(IValidators.WrongCandidacyRound.selector, 2));
        validators.stand(ST_BRIGID, node, 1, NOW, signature);
        signature = _candidacy(LINDQVIST, node, 1, NOW, LINDQVIST_KEY);
        _refuse(abi.encodeWithSelector(IValidators.NodeTaken.selector, node));
        validators.stand(LINDQVIST, node, 1, NOW, signature);
        _stand(ST_BRIGID, ST_BRIGID_KEY, address(0), 2);
        require(validators.candidates().length == 0, "stands no more");
        _stand(ST_BRIGID, ST_BRIGID_KEY, address(0), 3);
        _stand(LINDQVIST, LINDQVIST_KEY, node, 1);
    }

    function testFuzz_refusesACandidacyThatIsLateOrByAnyoneElseOrAltered(uint128 key, uint8 field) public {
        vm.assume(key != 0 && key != ST_BRIGID_KEY);
        Signature memory signature = _candidacy(ST_BRIGID, _node(1), 1, NOW - 1, ST_BRIGID_KEY);
        _refuse(abi.encodeWithSelector(IValidators.DeadlinePassed.selector, NOW - 1));
        validators.stand(ST_BRIGID, _node(1), 1, NOW - 1, signature);
        signature = _candidacy(ST_BRIGID, _node(1), 1, NOW, key);
        _refuseSignature(vm.addr(ST_BRIGID_KEY));
        validators.stand(ST_BRIGID, _node(1), 1, NOW, signature);
        signature = _candidacy(ST_BRIGID, _node(1), 1, NOW, ST_BRIGID_KEY);
        _refuseSignature(vm.addr(field % 2 == 0 ? ST_BRIGID_KEY : LINDQVIST_KEY));
        if (field % 2 == 0) validators.stand(ST_BRIGID, _node(2), 1, NOW, signature);
        else validators.stand(LINDQVIST, _node(1), 1, NOW, signature);
        _refuseSignature(vm.addr(ST_BRIGID_KEY));
        validators.stand(ST_BRIGID, _node(1), 1, NOW + 1, signature);
        _suspend(ST_BRIGID);
        _refuseOrganization(ST_BRIGID, IAccreditation.Flaw.Suspended);
        validators.stand(ST_BRIGID, _node(1), 1, NOW, signature);
    }

    function test_refusesMoreCandidatesThanItCanCount() public {
        _candidates(64, new uint256[](0));
        Signature memory signature = _candidacy(ST_BRIGID, address(7), 1, NOW, ST_BRIGID_KEY);
        _refuse(abi.encodeWithSelector(IValidators.TooManyCandidates.selector));
        validators.stand(ST_BRIGID, address(7), 1, NOW, signature);
        _stand(_organization(10), _key(10), address(0), 2);
        bytes32[] memory standing = validators.candidates();
        require(standing.length == 63 && standing[9] == _organization(9), "before");
        require(standing[10] == _organization(11) && standing[62] == _organization(63), "moved up");
        validators.stand(ST_BRIGID, address(7), 1, NOW, signature);
        _stand(_organization(63), _key(63), address(0), 2);
        require(validators.candidates()[62] == ST_BRIGID, "last");
    }
}
