namespace FanIn.Checkpoints;

/// <summary>
/// The order of names by code points, which is that of their UTF-8 bytes (Rust's) and Python's; .NET's ordinal one puts
/// what takes a surrogate pair before U+E000.
/// </summary>
internal sealed class CodePointOrder : IComparer<string>
{
    public static readonly CodePointOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }
        int same = x.AsSpan().CommonPrefixLength(y);
        if (same == x.Length || same == y.Length)
        {
            return x.Length - y.Length;
        }
        (char left, char right) = (x[same], y[same]);
        bool above = char.IsSurrogate(left);
        return above == char.IsSurrogate(right) ? left - right
            : above ? 1
            : -1;
    }
}
