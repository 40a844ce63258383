namespace Unlearning.Plugin.Policies.Loading;

/// <summary>Something wrong with a policy file, where it is, and what to do about it.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="What">What is wrong, without its full stop.</param>
/// <param name="Fix">What to do about it.</param>
internal sealed record PolicyError(string File, int Line, int Column, string What, PolicyFix Fix)
{
    /// <summary>The error as editors and terminals know to follow it.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {What}. {Fix}";
}
