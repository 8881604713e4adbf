// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../Signatures.sol";

/// @title Anonymous counts, signed by organizations
/// @notice How many records and diagnoses of a broad category an organization has of people of an age band and a sex, for
/// one period. For the authority and the public page; nothing here is about one person.
/// @dev EIP-712 signatures in the domain ("Carekey Statistics", "1", chain, this contract); anyone may submit. The rows
/// are in the event; the ledger's storage keeps only where an organization's periods end.
///
/// WARNINGS
/// - A count from 1 to 9 is refused. The ledger cannot see how many people stand behind a count: an organization MUST
/// leave out a row of fewer than `MIN_COUNT` people, too.
/// - An organization's periods neither overlap nor are stated twice, so that no difference of two statements is about a
/// few people. There is no correction.
interface IStatistics {
    /// @notice One count. Rows stand in ascending order of category, age band and sex, without repetition.
    /// @param category The number of a broad category, from 1.
    /// @param ageBand Decade of life: 0 for 0–9 years, to 9 for 90 and more.
    /// @param sex 0 not known, 1 female, 2 male, 3 other.
    /// @param records 0, or at least `MIN_COUNT`.
    /// @param diagnoses 0, or at least `MIN_COUNT`; not both 0.
    struct Row {
        uint8 category;
        uint8 ageBand;
        uint8 sex;
        uint32 records;
        uint32 diagnoses;
    }

    /// @notice What an organization signs.
    /// @param organization Who counted.
    /// @param from Unix time in seconds, inclusive; not before the end of its last period.
    /// @param until Unix time in seconds, exclusive; over, and at least `MIN_PERIOD_SECONDS` after the beginning.
    /// @param rows At most `MAX_ROWS`; none says that every count was too small.
    /// @param deadline Last second at which it can be submitted.
    struct Publication {
        bytes32 organization;
        uint64 from;
        uint64 until;
        Row[] rows;
        uint256 deadline;
    }

    /// @notice An organization published a period's counts.
    event Published(bytes32 indexed organization, uint64 from, uint64 until, Row[] rows);

    /// @notice The signature came too late.
    error DeadlinePassed(uint256 deadline);
    /// @notice The period is too short, not over, or overlaps what was published; `earliest` is where it may begin.
    error InvalidStatisticsPeriod(uint64 earliest);
    /// @notice Too many rows.
    error TooManyRows(uint256 count);
    /// @notice A row has a code that none has, counts nothing, or does not follow the one before it.
    error InvalidRow(uint256 index);
    /// @notice A count is above 0 and below `MIN_COUNT`.
    error CountTooSmall(uint256 index);

    /// @notice Publishes a period's counts.
    /// @dev Reverts with `DeadlinePassed`, `InvalidStatisticsPeriod`, `TooManyRows`, `InvalidRow`, `CountTooSmall`,
    /// `NotAccredited` or `InvalidSignature`.
    /// @param p What is published.
    /// @param signature By the organization's signer, over
    /// `Publication(bytes32 organization,uint64 from,uint64 until,Row[] rows,uint256 deadline)` with
    /// `Row(uint8 category,uint8 ageBand,uint8 sex,uint32 records,uint32 diagnoses)`.
    function publish(Publication calldata p, Signature calldata signature) external;

    /// @notice Where an organization's next period may begin.
    /// @param organization The organization.
    /// @return Unix seconds; 0 if it published nothing.
    function publishedUntil(bytes32 organization) external view returns (uint64);
}
