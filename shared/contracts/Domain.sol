// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title The EIP-712 domain of one immutable contract
/// @dev OpenZeppelin's also asks whether it runs behind a proxy; ours never does, so the chain alone is compared. On
/// another chain, as after a fork, OpenZeppelin's own answer stands.
abstract contract Domain is EIP712 {
    uint256 private immutable HOME_CHAIN = block.chainid;
    bytes32 private immutable HOME_DOMAIN;

    constructor(string memory name) EIP712(name, "1") {
        HOME_DOMAIN = _domainSeparatorV4();
    }

    function _domain() internal view returns (bytes32) {
        return block.chainid == HOME_CHAIN ? HOME_DOMAIN : _domainSeparatorV4();
    }

    /// @dev keccak256(abi.encodePacked(hex"1901", domain, structHash))
    function _digest(bytes32 domain, bytes32 structHash) internal pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, hex"1901")
            mstore(add(words, 0x02), domain)
            mstore(add(words, 0x22), structHash)
            digest := keccak256(words, 0x42)
        }
    }
}
