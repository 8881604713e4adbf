// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IStatistics} from "../interfaces/IStatistics.sol";
import {Signature} from "../Signatures.sol";
import {Statistics} from "../Statistics.sol";
import {Base} from "./Base.sol";

contract StatisticsTest is Base {
    Statistics internal statistics;

    function setUp() public override {
        super.setUp();
        statistics = new Statistics(accreditation);
    }

    function _rows(uint256 count) internal pure returns (IStatistics.Row[] memory rows) {
        rows = new IStatistics.Row[](count);
        for (uint256 i = 0; i < count; ++i) {
            rows[i] = IStatistics.Row(uint8(1 + i / 40), uint8((i / 4) % 10), uint8(i % 4), 10, 0);
        }
    }

    function _publication(
        IStatistics.Row[] memory rows
    ) internal pure returns (IStatistics.Publication memory) {
        return IStatistics.Publication(ST_BRIGID, uint64(NOW - 28 days), uint64(NOW), rows, NOW);
    }

    /// @dev Written out here on its own, array and nested structure included.
    function _signs(uint256 key, IStatistics.Publication memory p) internal view returns (Signature memory) {
        bytes32 rowType = keccak256(
            "Row(uint8 category,uint8 ageBand,uint8 sex,uint32 records,uint32 diagnoses)"
        );
        bytes32 typeHash = keccak256(
            "Publication(bytes32 organization,uint64 from,uint64 until,Row[] rows,uint256 deadline)Row(uint8 category,uint8 ageBand,uint8 sex,uint32 records,uint32 diagnoses)"
        );
        bytes memory hashes = "";
        for (uint256 i = 0; i < p.rows.length; ++i) {
            hashes = bytes.concat(hashes, keccak256(abi.encode(rowType, p.rows[i])));
        }
        bytes32 structHash = keccak256(
            abi.encode(typeHash, p.organization, p.from, p.until, keccak256(hashes), p.deadline)
        );
        return _sign(key, _digest("Carekey Statistics", address(statistics), structHash));
    }

    function _refusePublication(IStatistics.Publication memory p, bytes memory reason) internal {
        Signature memory signature = _signs(ST_BRIGID_KEY, p);
        _refuse(reason);
        statistics.publish(p, signature);
    }

    function _refuseRow(IStatistics.Row memory row, bytes4 selector) internal {
        IStatistics.Row[] memory rows = new IStatistics.Row[](1);
        rows[0] = row;
        _refusePublication(_publication(rows), abi.encodeWithSelector(selector, 0));
    }

    function testFuzz_publishesAPeriodsCounts(address submitter, uint8 count) public {
        IStatistics.Publication memory p = _publication(_rows(count));
        Signature memory signature = _signs(ST_BRIGID_KEY, p);
        vm.expectEmit();
        emit IStatistics.Published(ST_BRIGID, p.from, p.until, p.rows);
        vm.prank(submitter);
        statistics.publish(p, signature);
        require(statistics.publishedUntil(ST_BRIGID) == NOW, "until");
        require(statistics.publishedUntil(LINDQVIST) == 0, "another's");
    }

    function testFuzz_refusesAPeriodThatIsShortNotOverOrOverlaps(uint64 from, uint64 until) public {
        IStatistics.Publication memory p = _publication(_rows(2));
        statistics.publish(p, _signs(ST_BRIGID_KEY, p));
        vm.warp(NOW + 360 days);
        p.deadline = NOW + 360 days;
        (p.from, p.until) = (from, until);
        bytes memory reason = abi.encodeWithSelector(IStatistics.InvalidStatisticsPeriod.selector, uint64(NOW));
        _refusePublication(p, reason);
        p.until = uint64(NOW + 28 days + (until % 330 days));
        p.from = uint64(NOW + (from % 330 days));
        if (uint256(p.from) + 28 days > p.until) return _refusePublication(p, reason);
        Signature memory signature = _signs(ST_BRIGID_KEY, p);
        statistics.publish(p, signature);
        _refusePublication(p, abi.encodeWithSelector(IStatistics.InvalidStatisticsPeriod.selector, p.until));
    }

    function test_refusesARunningPeriodAndTakesOneThatIsJustOver() public {
        IStatistics.Publication memory p = _publication(_rows(1));
        bytes memory reason = abi.encodeWithSelector(IStatistics.InvalidStatisticsPeriod.selector, uint64(0));
        p.until += 1;
        _refusePublication(p, reason);
        p.until -= 1;
        p.from += 1;
        _refusePublication(p, reason);
        p.from -= 1;
        statistics.publish(p, _signs(ST_BRIGID_KEY, p));
        p.from = uint64(NOW - 1);
        p.until = uint64(NOW + 28 days);
        p.deadline = NOW + 28 days;
        vm.warp(NOW + 28 days);
        _refusePublication(p, abi.encodeWithSelector(IStatistics.InvalidStatisticsPeriod.selector, uint64(NOW)));
        p.from = uint64(NOW);
        statistics.publish(p, _signs(ST_BRIGID_KEY, p));
    }

    function testFuzz_refusesEveryCountUnderTen(uint32 records, uint32 diagnoses) public {
        (records, diagnoses) = (records % 30, diagnoses % 30);
        IStatistics.Row memory row = IStatistics.Row(1, 0, 0, records, diagnoses);
        if (records == 0 && diagnoses == 0) return _refuseRow(row, IStatistics.InvalidRow.selector);
        bool small = (records > 0 && records < 10) || (diagnoses > 0 && diagnoses < 10);
        if (small) return _refuseRow(row, IStatistics.CountTooSmall.selector);
        IStatistics.Row[] memory rows = new IStatistics.Row[](1);
        rows[0] = row;
        IStatistics.Publication memory p = _publication(rows);
        statistics.publish(p, _signs(ST_BRIGID_KEY, p));
    }

    function testFuzz_refusesACodeThatNoneHas(uint8 category, uint8 ageBand, uint8 sex) public {
        IStatistics.Row memory row = IStatistics.Row(category, ageBand, sex, 10, 10);
        bool sound = category > 0 && category <= 32 && ageBand < 10 && sex < 4;
        if (!sound) return _refuseRow(row, IStatistics.InvalidRow.selector);
        IStatistics.Row[] memory rows = new IStatistics.Row[](1);
        rows[0] = row;
        IStatistics.Publication memory p = _publication(rows);
        statistics.publish(p, _signs(ST_BRIGID_KEY, p));
    }

    function testFuzz_refusesRowsOutOfOrderOrTwice(uint8 first, uint8 second) public {
        IStatistics.Row[] memory all = _rows(160);
        IStatistics.Row[] memory rows = new IStatistics.Row[](2);
        (rows[0], rows[1]) = (all[first % 160], all[second % 160]);
        IStatistics.Publication memory p = _publication(rows);
        if (first % 160 >= second % 160) {
            return _refusePublication(p, abi.encodeWithSelector(IStatistics.InvalidRow.selector, 1));
        }
        statistics.publish(p, _signs(ST_BRIGID_KEY, p));
    }

    function test_refusesTooManyRowsAndALateSignature() public {
        IStatistics.Publication memory p = _publication(_rows(513));
        _refusePublication(p, abi.encodeWithSelector(IStatistics.TooManyRows.selector, 513));
        p = _publication(_rows(512));
        p.deadline = NOW - 1;
        _refusePublication(p, abi.encodeWithSelector(IStatistics.DeadlinePassed.selector, NOW - 1));
        p.deadline = NOW;
        statistics.publish(p, _signs(ST_BRIGID_KEY, p));
    }

    function testFuzz_refusesAnotherKeyAndEveryAlteration(uint128 key, uint8 field) public {
        vm.assume(key != 0 && key != ST_BRIGID_KEY);
        IStatistics.Publication memory p = _publication(_rows(3));
        Signature memory signature = _signs(key, p);
        _refuseSignature(vm.addr(ST_BRIGID_KEY));
        statistics.publish(p, signature);
        signature = _signs(ST_BRIGID_KEY, p);
        field %= 6;
        if (field == 0) p.from -= 1;
        if (field == 1) (p.from, p.until) = (p.from - 1, p.until - 1);
        if (field == 2) p.deadline += 1;
        if (field == 3) p.rows = _rows(2);
        if (field == 4) p.rows[1].records += 1;
        if (field == 5) p.rows[2].diagnoses = 10;
        _refuseSignature(vm.addr(ST_BRIGID_KEY));
        statistics.publish(p, signature);
    }

    function test_refusesAnOrganizationThatIsSuspended() public {
        IStatistics.Publication memory p = _publication(_rows(1));
        Signature memory signature = _signs(ST_BRIGID_KEY, p);
        _suspend(ST_BRIGID);
        _refuseOrganization(ST_BRIGID, IAccreditation.Flaw.Suspended);
        statistics.publish(p, signature);
    }
}
