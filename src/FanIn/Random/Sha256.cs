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

    /// <summary>At first the first 32 bits of the fractions of the first 8 primes' square roots.</summary>
    private readonly uint[] _state =
    [
        0x6a09e667,
        0xbb67ae85,
        0x3c6ef372,
        0xa54ff53a,
        0x510e527f,
        0x9b05688c,
        0x1f83d9ab,
        0x5be0cd19,
    ];

    private readonly byte[] _block = new byte[BlockBytes];
    private ulong _length;

    private int Pending => (int)(_length % BlockBytes);

    /// <summary>The hash of some bytes.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        var hash = new Sha256();
        hash.Append(data);
        hash.Finish(destination);
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
            Compress(_block);
        }
        for (; data.Length >= BlockBytes; data = data[BlockBytes..])
        {
            Compress(data[..BlockBytes]);
        }
        data.CopyTo(_block);
    }

    /// <summary>The hash of all bytes so far; none may follow.</summary>
    public void Finish(Span<byte> destination)
    {
        int pending = Pending;
        _block[pending++] = 0x80;
        if (pending > BlockBytes - LengthBytes)
        {
            _block.AsSpan(pending).Clear();
            Compress(_block);
            pending = 0;
        }
        _block.AsSpan(pending).Clear();
        BinaryPrimitives.WriteUInt64BigEndian(_block.AsSpan(BlockBytes - LengthBytes), _length * 8);
        Compress(_block);
        for (int i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(4 * i)..], _state[i]);
        }
    }

    /// <summary>The same as an array.</summary>
    public byte[] Finish()
    {
        byte[] hash = new byte[HashBytes];
        Finish(hash);
        return hash;
    }

    private void Compress(ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[64];
        for (int t = 0; t < 16; t++)
        {
            w[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * t)..]);
        }
        for (int t = 16; t < w.Length; t++)
        {
            uint x = w[t - 15];
            uint y = w[t - 2];
            uint sigma0 = BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3);
            uint sigma1 = BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10);
            w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
        }
        (uint a, uint b, uint c, uint d) = (_state[0], _state[1], _state[2], _state[3]);
        (uint e, uint f, uint g, uint h) = (_state[4], _state[5], _state[6], _state[7]);
        for (int t = 0; t < w.Length; t++)
        {
            uint sum1 =
                BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            uint choice = (e & f) ^ (~e & g);
            uint t1 = h + sum1 + choice + K[t] + w[t];
            uint sum0 =
                BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            uint majority = (a & b) ^ (a & c) ^ (b & c);
            (h, g, f, e) = (g, f, e, d + t1);
            (d, c, b, a) = (c, b, a, t1 + sum0 + majority);
        }
        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
        _state[4] += e;
        _state[5] += f;
        _state[6] += g;
        _state[7] += h;
    }
}
