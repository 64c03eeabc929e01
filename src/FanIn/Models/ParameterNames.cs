namespace FanIn;

/// <summary>How parameters are named: wrappers before them, the layer that has them.</summary>
public static class ParameterNames
{
    /// <summary>What frameworks wrap around a model and its names; not part of a key.</summary>
    private static readonly string[] s_wrappers = ["module.", "_orig_mod."];

    /// <summary>The name without wrappers.</summary>
    public static string KeyOf(string name)
    {
        ReadOnlySpan<char> key = name;
        while (WrapperOf(key) is { } wrapper && key.Length > wrapper.Length)
        {
            key = key[wrapper.Length..];
        }
        return key.ToString();
    }

    /// <summary>True where a pattern spells a wrapper out, and so means names with it.</summary>
    internal static bool HasWrapper(string pattern) => WrapperOf(pattern) is not null;

    /// <summary>The path of the layer that a parameter belongs to: <c>encoder.0</c> of <c>encoder.0.weight</c>.</summary>
    public static string LayerOf(string name) => name[..Math.Max(0, name.LastIndexOf('.'))];

    private static string? WrapperOf(ReadOnlySpan<char> name)
    {
        foreach (string wrapper in s_wrappers)
        {
            if (name.StartsWith(wrapper, StringComparison.Ordinal))
            {
                return wrapper;
            }
        }
        return null;
    }
}
