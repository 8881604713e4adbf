// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Domain} from "./Domain.sol";
import {IAccreditation} from "./interfaces/IAccreditation.sol";
import {IStatistics} from "./interfaces/IStatistics.sol";
import {Signature, Signatures} from "./Signatures.sol";

/// @title Statistics
/// @dev The interface is the manual.
contract Statistics is IStatistics, Domain {
    bytes32 private constant ROW_TYPEHASH =
        keccak256("Row(uint8 category,uint8 ageBand,uint8 sex,uint32 records,uint32 diagnoses)");
    bytes32 private constant PUBLICATION_TYPEHASH =
        keccak256(
            "Publication(bytes32 organization,uint64 from,uint64 until,Row[] rows,uint256 deadline)"
            "Row(uint8 category,uint8 ageBand,uint8 sex,uint32 records,uint32 diagnoses)"
        );

    /// @notice Smallest count that is published.
    uint256 public constant MIN_COUNT = 10;
    /// @notice Shortest period: February.
    uint256 public constant MIN_PERIOD_SECONDS = 28 days;
    /// @notice Most rows of one publication.
    uint256 public constant MAX_ROWS = 512;
    /// @notice Highest number of a category.
    uint256 public constant MAX_CATEGORY = 32;
    /// @notice Highest age band.
    uint256 public constant MAX_AGE_BAND = 9;
    /// @notice Highest number of a sex.
    uint256 public constant MAX_SEX = 3;

    /// @notice The registry that says who is accredited.
    IAccreditation public immutable ACCREDITATION;

    /// @inheritdoc IStatistics
    mapping(bytes32 organization => uint64) public publishedUntil;

    /// @param accreditation The registry that says who is accredited.
    constructor(IAccreditation accreditation) Domain("Carekey Statistics") {
        ACCREDITATION = accreditation;
    }

    /// @inheritdoc IStatistics
    function publish(Publication calldata p, Signature calldata signature) external {
        if (block.timestamp > p.deadline) revert DeadlinePassed(p.deadline);
        uint64 earliest = publishedUntil[p.organization];
        if (p.from < earliest || p.until > block.timestamp) revert InvalidStatisticsPeriod(earliest);
        if (uint256(p.from) + MIN_PERIOD_SECONDS > p.until) revert InvalidStatisticsPeriod(earliest);
        bytes32 structHash = keccak256(
            abi.encode(PUBLICATION_TYPEHASH, p.organization, p.from, p.until, _checkedHash(p.rows), p.deadline)
        );
        address signer = Signatures.signerOf(ACCREDITATION, p.organization);
        Signatures.check(_digest(_domain(), structHash), signature, signer);

        publishedUntil[p.organization] = p.until;
        emit Published(p.organization, p.from, p.until, p.rows);
    }

    /// @dev The rows' hash, once each was looked at.
    function _checkedHash(Row[] calldata rows) private pure returns (bytes32) {
        if (rows.length > MAX_ROWS) revert TooManyRows(rows.length);
        bytes32[] memory hashes = new bytes32[](rows.length);
        uint256 former = 0;
        for (uint256 i = 0; i < rows.length; ++i) {
            Row calldata row = rows[i];
            // Categories begin at 1, so that the first row's place is above zero.
            uint256 place = (uint256(row.category) << 16) | (uint256(row.ageBand) << 8) | row.sex;
            if (place <= former || !_isSound(row)) revert InvalidRow(i);
            if (_isSmall(row.records) || _isSmall(row.diagnoses)) revert CountTooSmall(i);
            former = place;
            hashes[i] = keccak256(abi.encode(ROW_TYPEHASH, row));
        }
        return keccak256(abi.encodePacked(hashes));
    }

    function _isSound(Row calldata row) private pure returns (bool) {
        if (row.category == 0 || row.category > MAX_CATEGORY) return false;
        if (row.ageBand > MAX_AGE_BAND || row.sex > MAX_SEX) return false;
        return row.records != 0 || row.diagnoses != 0;
    }

    function _isSmall(uint256 count) private pure returns (bool) {
        return count != 0 && count < MIN_COUNT;
    }
}
