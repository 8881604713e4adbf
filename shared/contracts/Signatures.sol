// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "solady/src/utils/ECDSA.sol";

import {IAccreditation} from "./interfaces/IAccreditation.sol";

/// @notice An ECDSA signature in its parts: the 64-byte form has no way in.
/// @param v 27 or 28; nothing else.
/// @param r As signed.
/// @param s In the lower half of the curve's order.
struct Signature {
    uint8 v;
    bytes32 r;
    bytes32 s;
}

/// @title One way to check a signature
/// @dev Plain keys only. Another v, a high s and the zero address are all refused with the same error.
library Signatures {
    uint256 private constant HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;
    /// @notice The signature is malformed or not by this address.
    error InvalidSignature(address expected);

    /// @dev `accreditation.requireAccredited(id)` without allocating; its refusal is passed on as it came.
    function signerOf(IAccreditation accreditation, bytes32 id) internal view returns (address signer) {
        bytes4 selector = IAccreditation.requireAccredited.selector;
        assembly ("memory-safe") {
            mstore(0x00, selector)
            mstore(0x04, id)
            let answered := staticcall(gas(), accreditation, 0x00, 0x24, 0x00, 0x20)
            if or(iszero(answered), lt(returndatasize(), 0x20)) {
                let reason := mload(0x40)
                returndatacopy(reason, 0x00, returndatasize())
                revert(reason, returndatasize())
            }
            signer := shr(96, shl(96, mload(0x00)))
        }
    }

    function check(bytes32 digest, Signature calldata signature, address expected) internal view {
        // Solady leaves the malleable half to its caller.
        if (uint256(signature.s) > HALF_ORDER) revert InvalidSignature(expected);
        address recovered = ECDSA.tryRecover(digest, signature.v, signature.r, signature.s);
        if (recovered != expected) revert InvalidSignature(expected);
        // Every failure recovers the zero address, which some caller may expect.
        if (recovered == address(0)) revert InvalidSignature(expected);
    }

    /// @dev keccak256(abi.encode(typeHash, a, b)) without allocating.
    function hash(bytes32 typeHash, bytes32 a, bytes32 b) internal pure returns (bytes32 structHash) {
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, typeHash)
            mstore(add(words, 0x20), a)
            mstore(add(words, 0x40), b)
            structHash := keccak256(words, 0x60)
        }
    }

    /// @dev keccak256(abi.encode(typeHash, a, b, c)) without allocating.
    function hash(bytes32 typeHash, bytes32 a, bytes32 b, bytes32 c) internal pure returns (bytes32 structHash) {
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, typeHash)
            mstore(add(words, 0x20), a)
            mstore(add(words, 0x40), b)
            mstore(add(words, 0x60), c)
            structHash := keccak256(words, 0x80)
        }
    }
}
