using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FanIn.Tests;

/// <summary>One sequence of operations, whoever runs it: threads and instruction sets don't show in the bits.</summary>
public sealed class LinearAlgebraBitsTests
{
    public static TheoryData<string> InstructionSets => AloneProcess.InstructionSets;

    [Fact]
    public void AreTheSameEverywhere() => Assert.Equal("15966d1141aafa72", Hash());

    /// <summary>With a pool that has other work too, games of a round are played by one thread or by many.</summary>
    [Fact]
    public void AreTheSameForAnyThreads()
    {
        var hashes = new string[6];
        Parallel.For(0, hashes.Length, i => hashes[i] = Hash());
        Assert.All(hashes, hash => Assert.Equal(hashes[0], hash));
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public Task AreTheSameWithoutInstructionSets(string switchedOff) =>
        AloneProcess.Run(typeof(LinearAlgebraBitsTests), nameof(AreTheSameEverywhere), switchedOff);

    /// <summary>Shapes around lanes of 8, strips of 6 and blocks of 16.</summary>
    private static string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (rows, columns) in new[] { (1, 1), (7, 9), (16, 16), (33, 20), (70, 70), (5, 100) })
        {
            var matrix = new double[rows * columns];
            RandomStream.Create(42, "bits").FillNormal(matrix);
            Append(Svd.Of(matrix, rows, columns));
            Append(RandomizedSvd.Of(matrix, rows, columns, 1, 2, RandomStream.Create(42, "random")));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];

        void Append(Svd svd)
        {
            hash.AppendData(MemoryMarshal.AsBytes(svd.U.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(svd.S.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(svd.V.AsSpan()));
        }
    }
}
