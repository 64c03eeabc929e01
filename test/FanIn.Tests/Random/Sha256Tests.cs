using System.Security.Cryptography;
using System.Text;

namespace FanIn.Tests;

public sealed class Sha256Tests
{
    /// <summary>NIST, examples of FIPS 180-4; the empty text is known to everyone.</summary>
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData(
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    )]
    public void Published(string text, string hash)
    {
        Span<byte> found = stackalloc byte[Sha256.HashBytes];
        Sha256.Hash(Encoding.UTF8.GetBytes(text), found);
        Assert.Equal(hash, Convert.ToHexStringLower(found));
    }

    /// <summary>Every length around the ends of blocks, in one piece and in pieces of any length.</summary>
    [Fact]
    public void AsTheSystemsOwn()
    {
        var random = new System.Random(1);
        byte[] found = new byte[Sha256.HashBytes];
        for (int length = 0; length < 400; length++)
        {
            byte[] data = new byte[length];
            random.NextBytes(data);
            byte[] expected = SHA256.HashData(data);
            Sha256.Hash(data, found);
            Assert.Equal(expected, found);
            var hash = new Sha256();
            for (int at = 0; at < length; )
            {
                int piece = Math.Min(random.Next(150), length - at);
                hash.Append(data.AsSpan(at, piece));
                at += piece;
            }
            Assert.Equal(expected, hash.Finish());
        }
    }
}
