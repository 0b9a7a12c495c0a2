//! HMAC-SHA256 (RFC 2104) and the one step of HKDF (RFC 5869) that the bridge needs.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A key that is ready to authenticate.
pub(crate) type Keyed = Hmac<Sha256>;

/// What a key of 32 bytes authenticates with. HMAC fills a key up with zeros to a block of 64 bytes.
pub(crate) fn keyed(key: &[u8; 32]) -> Keyed {
    let mut block = zeroize::Zeroizing::new([0_u8; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Keyed::new((&*block).into())
}

/// HMAC-SHA256 of the parts, one after the other.
pub(crate) fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = keyed(key);
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The first 32 bytes of HKDF-SHA256: extract, and the first block of expand.
pub(crate) fn hkdf_32(salt: &[u8; 32], input_key: &[u8], info: &[u8]) -> [u8; 32] {
    let pseudo_random_key = zeroize::Zeroizing::new(hmac(salt, &[input_key]));
    hmac(&pseudo_random_key, &[info, &[1]])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
    }

    /// A key or salt of up to 32 bytes, filled up with zeros as HMAC does itself.
    fn filled(part: &[u8]) -> [u8; 32] {
        let mut whole = [0; 32];
        whole[..part.len()].copy_from_slice(part);
        whole
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        for (key, data, expected) in [
            (
                bytes("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
                b"Hi There".to_vec(),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 20],
                vec![0xdd; 50],
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            ),
            (
                bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"),
                vec![0xcd; 50],
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            ),
        ] {
            assert_eq!(hmac(&filled(&key), &[&data]).to_vec(), bytes(expected));
        }
    }

    #[test]
    fn the_session_key_is_derived_as_in_rfc_5869() {
        // Test case 1: 42 bytes of output, of which the first 32 are the first block.
        let first = hkdf_32(
            &filled(&bytes("000102030405060708090a0b0c")),
            &[0x0b; 22],
            &bytes("f0f1f2f3f4f5f6f7f8f9"),
        );
        assert_eq!(first.to_vec(), bytes("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
        // Test case 3: no salt, no info.
        let third = hkdf_32(&[0; 32], &[0x0b; 22], b"");
        assert_eq!(third.to_vec(), bytes("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
    }
}
