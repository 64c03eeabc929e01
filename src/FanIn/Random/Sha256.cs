using System.Buffers.Binary;
using System.Numerics;

namespace FanIn;

/// <summary>
/// SHA-256 in managed code: .NET's own calls the system's OpenSSL, without which a process that needs a hash is ended at
/// once, and small systems have none.
/// </summary>
/// <remarks>NIST, FIPS 180-4, Secure Hash Standard, 2015: sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2.</remarks>
internal sealed class Sha256
{
    /// <summary>The bytes of a hash.</summary>
    public const int HashBytes = 32;

    private const int BlockBytes = 64;
    private const int LengthBytes = 8;
    private const int StateWords = 8;

    /// <summary>The first 32 bits of the fractions of the first 64 primes' cube roots.</summary>
    private static ReadOnlySpan<uint> K =>
        [
            0x428a2f98,
            0x71374491,
            0xb5c0fbcf,
            0xe9b5dba5,
            0x3956c25b,
            0x59f111f1,
            0x923f82a4,
            0xab1c5ed5,
            0xd807aa98,
            0x12835b01,
            0x243185be,
            0x550c7dc3,
            0x72be5d74,
            0x80deb1fe,
            0x9bdc06a7,
            0xc19bf174,
            0xe49b69c1,
            0xefbe4786,
            0x0fc19dc6,
            0x240ca1cc,
            0x2de92c6f,
            0x4a7484aa,
            0x5cb0a9dc,
            0x76f988da,
            0x983e5152,
            0xa831c66d,
            0xb00327c8,
            0xbf597fc7,
            0xc6e00bf3,
            0xd5a79147,
            0x06ca6351,
            0x14292967,
            0x27b70a85,
            0x2e1b2138,
            0x4d2c6dfc,
            0x53380d13,
            0x650a7354,
            0x766a0abb,
            0x81c2c92e,
            0x92722c85,
            0xa2bfe8a1,
            0xa81a664b,
            0xc24b8b70,
            0xc76c51a3,
            0xd192e819,
            0xd6990624,
            0xf40e3585,
            0x106aa070,
            0x19a4c116,
            0x1e376c08,
            0x2748774c,
            0x34b0bcb5,
            0x391c0cb3,
            0x4ed8aa4a,
            0x5b9cca4f,
            0x682e6ff3,
            0x748f82ee,
            0x78a5636f,
            0x84c87814,
            0x8cc70208,
            0x90befffa,
            0xa4506ceb,
            0xbef9a3f7,
            0xc67178f2,
        ];

    /// <summary>The first 32 bits of the fractions of the first 8 primes' square roots.</summary>
    private static ReadOnlySpan<uint> Start =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private readonly uint[] _state = Start.ToArray();
    private readonly byte[] _block = new byte[BlockBytes];
    private ulong _length;

    private int Pending => (int)(_length % BlockBytes);

    /// <summary>The hash of some bytes; allocates nothing.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        Span<uint> state = stackalloc uint[StateWords];
        Start.CopyTo(state);
        int whole = data.Length / BlockBytes * BlockBytes;
        Compress(state, data[..whole]);
        Finish(state, data[whole..], (ulong)data.Length, destination);
    }

    /// <summary>The hash of some bytes, in hexadecimal digits.</summary>
    public static string Text(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        Hash(data, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>Takes more bytes.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        int pending = Pending;
        _length += (ulong)data.Length;
        if (pending > 0)
        {
            ReadOnlySpan<byte> head = data[..Math.Min(data.Length, BlockBytes - pending)];
            head.CopyTo(_block.AsSpan(pending));
            data = data[head.Length..];
            if (pending + head.Length < BlockBytes)
            {
                return;
            }
            Compress(_state, _block);
        }
        int whole = data.Length / BlockBytes * BlockBytes;
        Compress(_state, data[..whole]);
        data[whole..].CopyTo(_block);
    }

    /// <summary>The hash of all bytes so far; none may follow.</summary>
    public byte[] Finish()
    {
        byte[] hash = new byte[HashBytes];
        Finish(_state, _block.AsSpan(0, Pending), _length, hash);
        return hash;
    }

    private static void Finish(Span<uint> state, ReadOnlySpan<byte> rest, ulong length, Span<byte> destination)
    {
        Span<byte> end = stackalloc byte[2 * BlockBytes];
        end.Clear();
        rest.CopyTo(end);
        end[rest.Length] = 0x80;
        end = end[..(rest.Length + 1 + LengthBytes <= BlockBytes ? BlockBytes : 2 * BlockBytes)];
        BinaryPrimitives.WriteUInt64BigEndian(end[^LengthBytes..], length * 8);
        Compress(state, end);
        for (int i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(4 * i)..], state[i]);
        }
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> blocks)
    {
        Span<uint> w = stackalloc uint[64];
        for (; !blocks.IsEmpty; blocks = blocks[BlockBytes..])
        {
            for (int t = 0; t < 16; t++)
            {
                w[t] = BinaryPrimitives.ReadUInt32BigEndian(blocks[(4 * t)..]);
            }
            for (int t = 16; t < w.Length; t++)
            {
                uint sigma0 = Rotated(w[t - 15], 7) ^ Rotated(w[t - 15], 18) ^ (w[t - 15] >> 3);
                uint sigma1 = Rotated(w[t - 2], 17) ^ Rotated(w[t - 2], 19) ^ (w[t - 2] >> 10);
                w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
            }
            (uint a, uint b, uint c, uint d) = (state[0], state[1], state[2], state[3]);
            (uint e, uint f, uint g, uint h) = (state[4], state[5], state[6], state[7]);
            for (int t = 0; t < w.Length; t++)
            {
                uint t1 = h + (Rotated(e, 6) ^ Rotated(e, 11) ^ Rotated(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + w[t];
                uint t2 = (Rotated(a, 2) ^ Rotated(a, 13) ^ Rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
                (h, g, f, e) = (g, f, e, d + t1);
                (d, c, b, a) = (c, b, a, t1 + t2);
            }
            state[0] += a;
            state[1] += b;
            state[2] += c;
            state[3] += d;
            state[4] += e;
            state[5] += f;
            state[6] += g;
            state[7] += h;
        }
    }

    private static uint Rotated(uint word, int bits) => BitOperations.RotateRight(word, bits);
}
