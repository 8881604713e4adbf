// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Validators' seats and a registry's history, for the compiler's model checker
/// @dev The arithmetic of Validators.sol, and the append-only history of Accreditation.sol for one organization.
contract SeatsModel {
    uint256 private _lastBlock;
    uint256 private _lastWord;
    uint256 private _entries;

    // What a reader saw of an earlier block.
    uint256 private _seenBlock;
    uint256 private _seenWord;
    bool private _seen;

    /// @dev As `_keep`: a change in the same block takes the last entry's place, any other is added at the end.
    function change(uint256 word) external {
        require(block.number >= _lastBlock);
        // The reader's block is over before the next change.
        require(!_seen || block.number > _seenBlock);
        if (_entries == 0 || _lastBlock != block.number) _entries += 1;
        (_lastBlock, _lastWord) = (block.number, word);
        assert(!_seen || _lastBlock > _seenBlock);
    }

    function see() external {
        require(!_seen && _entries > 0 && block.number > _lastBlock);
        (_seen, _seenBlock, _seenWord) = (true, _lastBlock, _lastWord);
    }

    /// @dev The elected stay below a third of all, for any number of appointed seats.
    function electedBelowAThird(uint256 appointed, uint256 elected) external pure {
        require(appointed >= 1 && appointed <= 32);
        require(elected <= (appointed - 1) / 2);
        assert(3 * elected < appointed + elected);
    }
}
