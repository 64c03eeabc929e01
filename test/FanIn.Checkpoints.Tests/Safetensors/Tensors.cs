using System.Collections.Immutable;
using CsCheck;

namespace FanIn.Checkpoints.Tests;

/// <summary>Any tensors that a file can hold.</summary>
internal static class Tensors
{
    private static readonly string[] s_odd =
    [
        "",
        ".",
        "..",
        "../x",
        "/etc/passwd",
        "a\nb",
        "\0",
        "\u001b[31m",
        "\"",
        "\\",
        "\u00e9",
        "\uff5e",
        "\U0001F600",
        "a.b.c",
        new string('n', 3000),
    ];

    private static readonly Gen<string> s_text = Gen.OneOf(
        Gen.Char.AlphaNumeric.Array[0, 12].Select(chars => new string(chars)),
        Gen.Int[0, s_odd.Length - 1].Select(i => s_odd[i])
    );

    private static readonly Gen<(SafetensorsType Type, long[] Shape)> s_kind = Gen.Select(
        Gen.Enum<SafetensorsType>(),
        Gen.Long[0, 5].Array[0, 4],
        // Four elements of 4 or 6 bits fill whole bytes.
        (type, shape) => (type, type.Bits() < 8 ? [.. shape, 4] : shape)
    );

    /// <summary>Up to twelve tensors of different names, with or without metadata.</summary>
    public static readonly Gen<(
        SafetensorsTensor[] Tensors,
        ImmutableSortedDictionary<string, string>? Metadata
    )> Some = Gen.Select(
        Gen.Select(s_text, s_kind).Array[0, 12],
        Gen.Dictionary(s_text, s_text)[0, 3],
        Gen.Bool,
        (tensors, metadata, has) =>
            (
                tensors
                    .DistinctBy(t => t.Item1)
                    .Select(t => new SafetensorsTensor(t.Item1, t.Item2.Type, t.Item2.Shape))
                    .ToArray(),
                has ? metadata.ToImmutableSortedDictionary() : null
            )
    );
}
