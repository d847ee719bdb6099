/** Who is left out of this installation's migrations. */
export const rules = {
  /** pstatus of panelists who were deleted, by themselves or by the panel's operator. */
  deletedStatuses: [8, 9],
  /** Companies whose people log in at their own identity provider. */
  companyDomains: ['nordwind-ag.example', 'suedstern-gruppe.example'],
};
